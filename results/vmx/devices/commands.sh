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
#   console=ttyS0,115200 norandmaps clearcpuid=rdrand,rdseed random.trust_cpu=off panic=-1 reboot=t sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,devices

# The guests, by step
# step disk-mmio
qemu-system-x86_64 -name disk,process=disk -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -blockdev driver=file,node-name=disk,filename=/tmp/disk -device virtio-blk-device,drive=disk -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=disk units=100'
# step disk-pci
qemu-system-x86_64 -name disk,process=disk -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /tmp/initramfs.cpio -blockdev driver=file,node-name=disk,filename=/tmp/disk -device virtio-blk-pci,drive=disk -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=disk load=virtio_pci_modern_dev,virtio_pci units=100'
# step disk-ide
qemu-system-x86_64 -name disk,process=disk -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /tmp/initramfs.cpio -blockdev driver=file,node-name=disk,filename=/tmp/disk -device ide-hd,drive=disk -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=disk load=scsi_common,bsg,scsi_mod,libata,sd_mod,ata_piix units=100'
# step net-mmio
qemu-system-x86_64 -name net,process=net -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=on -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /guests/linux/initramfs.cpio -netdev user,id=net -device virtio-net-device,netdev=net -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=net units=100'
# step net-pci
qemu-system-x86_64 -name net,process=net -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /tmp/initramfs.cpio -netdev user,id=net -device virtio-net-pci,romfile=,netdev=net -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=net load=virtio_pci_modern_dev,virtio_pci units=100'
# step net-e1000
qemu-system-x86_64 -name net,process=net -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M pc,pic=off,pit=off,hpet=off,vmport=off -m 64 -smp 1 -serial stdio -kernel /guests/linux/bzImage -initrd /tmp/initramfs.cpio -netdev user,id=net -device e1000,romfile=,netdev=net -append 'console=ttyS0,115200 quiet reboot=t panic=-1 workload=net load=e1000 units=100'
