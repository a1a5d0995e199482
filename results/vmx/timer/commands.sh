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
#   console=ttyS0,115200 norandmaps clearcpuid=rdrand,rdseed random.trust_cpu=off panic=-1 reboot=t sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,timer

# The guests, by step
# step deadline
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer units=200'
# step one-shot
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off,-tsc-deadline -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on,pic=on,pit=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer units=200'
# step pit
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off,-tsc-deadline -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on,pic=on,pit=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer nolapic_timer units=200'
# step hpet
qemu-system-x86_64 -name timer,process=timer -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off,hpet=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=timer clocksource=hpet units=200'
# step tickless
qemu-system-x86_64 -name idle,process=idle -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=idle units=100'
# step tick
qemu-system-x86_64 -name idle,process=idle -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=idle nohz=off units=100'
