# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 2 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,timer'

# The guests, by step
# step deadline
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer units=200'
# step pit
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off,-tsc-deadline -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on,pic=on,pit=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer nolapic_timer units=200'
# step hpet
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off,hpet=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer clocksource=hpet units=200'
# step tickless
qemu-system-x86_64 -name idle,process=idle -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=idle units=100'
# step tick
qemu-system-x86_64 -name idle,process=idle -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=idle nohz=off units=100'
