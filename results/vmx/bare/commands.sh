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
#   console=ttyS0,115200 norandmaps clearcpuid=rdrand,rdseed random.trust_cpu=off panic=-1 reboot=t sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,bare

# The guests, by step
# step null-0
qemu-system-x86_64 -name null,process=null -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/null.elf -append 0
# step null-100000
qemu-system-x86_64 -name null,process=null -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/null.elf -append 100000
# step cpuid-0
qemu-system-x86_64 -name cpuid,process=cpuid -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cpuid.elf -append 0
# step cpuid-100000
qemu-system-x86_64 -name cpuid,process=cpuid -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cpuid.elf -append 100000
# step portio-0
qemu-system-x86_64 -name portio,process=portio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/portio.elf -append 0
# step portio-100000
qemu-system-x86_64 -name portio,process=portio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/portio.elf -append 100000
# step rdmsr-0
qemu-system-x86_64 -name rdmsr,process=rdmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/rdmsr.elf -append 0
# step rdmsr-100000
qemu-system-x86_64 -name rdmsr,process=rdmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/rdmsr.elf -append 100000
# step wrmsr-0
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 0
# step wrmsr-100000
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 100000
# step hypercall-0
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 0
# step hypercall-100000
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 100000
