# The host
bochs-bin -q -f bochsrc -rc debugger
# bochsrc is:
#   config_interface: textconfig
#   display_library: rfb, options="timeout=0"
#   megs: 1024
#   romimage: file=/usr/share/bochs/BIOS-bochs-latest
#   vgaromimage: file=/usr/share/vgabios/vgabios.bin
#   cpu: model=broadwell_ult, count=1, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1
#   clock: sync=none, time0=1767225600
#   vga: extension=vbe, update_freq=5, realtime=0
#   ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
#   ata0-master: type=cdrom, path=host.iso, status=inserted
#   boot: cdrom
#   com1: enabled=1, mode=file, dev=console.log
#   com2: enabled=1, mode=file, dev=report
#   log: emulator.log
#   panic: action=fatal
#   error: action=ignore
#   info: action=report
#   debug: action=ignore
#   speaker: enabled=0
#   sound: waveoutdrv=dummy, waveout=none
# debugger is:
#   c
#   q
# The host's kernel has the command line:
#   console=ttyS0,115200 norandmaps clearcpuid=rdrand,rdseed random.trust_cpu=off panic=-1 reboot=t sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,single

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
