# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 2 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,firmware'

# The guests, by step
# step qboot
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -bios qboot.rom -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step seabios
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -bios /usr/share/seabios/bios-microvm.bin -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step pc-seabios
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 128 -object memory-backend-memfd,id=ram,size=128M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/variant -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step pc-uefi
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 128 -object memory-backend-memfd,id=ram,size=128M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/variant -initrd /guests/linux/initramfs.cpio -bios OVMF.fd -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
