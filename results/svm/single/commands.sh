# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 1 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,single'

# The guests, by step
# step boot
qemu-system-x86_64 -name boot,process=boot -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=boot'
# step idle
qemu-system-x86_64 -name idle,process=idle -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=idle'
# step cpu
qemu-system-x86_64 -name cpu,process=cpu -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=cpu'
# step cpuid
qemu-system-x86_64 -name cpuid,process=cpuid -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=cpuid units=1000'
# step memory
qemu-system-x86_64 -name memory,process=memory -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=memory units=1000'
# step disk
qemu-system-x86_64 -name disk,process=disk -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -blockdev driver=file,node-name=disk,filename=/tmp/disk -device virtio-blk-device,drive=disk -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=disk units=100'
# step net
qemu-system-x86_64 -name net,process=net -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -netdev user,id=net -device virtio-net-device,netdev=net -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=net units=100'
# step timer
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer units=100'
# step console
qemu-system-x86_64 -name console,process=console -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=console units=500'
