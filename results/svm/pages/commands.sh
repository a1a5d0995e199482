# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 2 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,pages'

# The guests, by step
# step boot-small
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step boot-huge
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step small
qemu-system-x86_64 -name memory,process=memory -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=memory units=1000'
# step huge
qemu-system-x86_64 -name memory,process=memory -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=memory units=1000'
# step small-shadow
rmmod kvm-amd; insmod /lib/modules/kvm-amd.ko npt=0
qemu-system-x86_64 -name memory,process=memory -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -object memory-backend-memfd,id=ram,size=64M -machine memory-backend=ram -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=memory units=1000'
# step huge-shadow
qemu-system-x86_64 -name memory,process=memory -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=memory units=1000'
