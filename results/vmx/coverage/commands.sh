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
#   console=ttyS0,115200 norandmaps clearcpuid=rdrand,rdseed random.trust_cpu=off panic=-1 reboot=t sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,coverage

# The guests, by step
# step cache-0
qemu-system-x86_64 -name cache,process=cache -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cache.elf -append 0
# step cache-100
qemu-system-x86_64 -name cache,process=cache -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cache.elf -append 100
# step cpuid-0
qemu-system-x86_64 -name cpuid,process=cpuid -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cpuid.elf -append 0
# step cpuid-100
qemu-system-x86_64 -name cpuid,process=cpuid -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/cpuid.elf -append 100
# step deadline-0
qemu-system-x86_64 -name deadline,process=deadline -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/deadline.elf -append 0
# step deadline-100
qemu-system-x86_64 -name deadline,process=deadline -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/deadline.elf -append 100
# step halt-0
qemu-system-x86_64 -name halt,process=halt -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/halt.elf -append 0
# step halt-100
qemu-system-x86_64 -name halt,process=halt -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/halt.elf -append 100
# step hidden-0
qemu-system-x86_64 -name hidden,process=hidden -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hidden.elf -append 0
# step hidden-100
qemu-system-x86_64 -name hidden,process=hidden -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hidden.elf -append 100
# step hypercall-0
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 0
# step hypercall-100
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 100
# step interrupt-window-0
qemu-system-x86_64 -name interrupt-window,process=interrupt-window -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt-window.elf -append 0
# step interrupt-window-100
qemu-system-x86_64 -name interrupt-window,process=interrupt-window -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt-window.elf -append 100
# step interrupt-0
rmmod kvm-intel; insmod /lib/modules/kvm-intel.ko preemption_timer=0
qemu-system-x86_64 -name interrupt,process=interrupt -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt.elf -append 0
# step interrupt-100
qemu-system-x86_64 -name interrupt,process=interrupt -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt.elf -append 100
# step l2-control-registers-0
rmmod kvm-intel; insmod /lib/modules/kvm-intel.ko 
qemu-system-x86_64 -name l2-control-registers,process=l2-control-registers -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-control-registers.elf -append 0
# step l2-control-registers-100
qemu-system-x86_64 -name l2-control-registers,process=l2-control-registers -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-control-registers.elf -append 100
# step l2-debug-registers-0
qemu-system-x86_64 -name l2-debug-registers,process=l2-debug-registers -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-debug-registers.elf -append 0
# step l2-debug-registers-100
qemu-system-x86_64 -name l2-debug-registers,process=l2-debug-registers -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-debug-registers.elf -append 100
# step l2-descriptor-tables-0
qemu-system-x86_64 -name l2-descriptor-tables,process=l2-descriptor-tables -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-descriptor-tables.elf -append 0
# step l2-descriptor-tables-100
qemu-system-x86_64 -name l2-descriptor-tables,process=l2-descriptor-tables -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-descriptor-tables.elf -append 100
# step l2-events-0
qemu-system-x86_64 -name l2-events,process=l2-events -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-events.elf -append 0
# step l2-events-100
qemu-system-x86_64 -name l2-events,process=l2-events -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-events.elf -append 100
# step l2-exceptions-0
qemu-system-x86_64 -name l2-exceptions,process=l2-exceptions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-exceptions.elf -append 0
# step l2-exceptions-100
qemu-system-x86_64 -name l2-exceptions,process=l2-exceptions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-exceptions.elf -append 100
# step l2-instructions-0
qemu-system-x86_64 -name l2-instructions,process=l2-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-instructions.elf -append 0
# step l2-instructions-100
qemu-system-x86_64 -name l2-instructions,process=l2-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-instructions.elf -append 100
# step mmio-0
qemu-system-x86_64 -name mmio,process=mmio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/mmio.elf -append 0
# step mmio-100
qemu-system-x86_64 -name mmio,process=mmio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/mmio.elf -append 100
# step monitor-0
qemu-system-x86_64 -name monitor,process=monitor -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/monitor.elf -append 0
# step monitor-100
qemu-system-x86_64 -name monitor,process=monitor -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/monitor.elf -append 100
# step nmi-0
qemu-system-x86_64 -name nmi,process=nmi -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/nmi.elf -append 0
# step nmi-100
qemu-system-x86_64 -name nmi,process=nmi -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/nmi.elf -append 100
# step null-0
qemu-system-x86_64 -name null,process=null -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/null.elf -append 0
# step null-100
qemu-system-x86_64 -name null,process=null -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/null.elf -append 100
# step portio-0
qemu-system-x86_64 -name portio,process=portio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/portio.elf -append 0
# step portio-100
qemu-system-x86_64 -name portio,process=portio -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/portio.elf -append 100
# step rdmsr-0
qemu-system-x86_64 -name rdmsr,process=rdmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/rdmsr.elf -append 0
# step rdmsr-100
qemu-system-x86_64 -name rdmsr,process=rdmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/rdmsr.elf -append 100
# step shadow-paging-0
rmmod kvm-intel; insmod /lib/modules/kvm-intel.ko ept=0
qemu-system-x86_64 -name shadow-paging,process=shadow-paging -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/shadow-paging.elf -append 0
# step shadow-paging-100
qemu-system-x86_64 -name shadow-paging,process=shadow-paging -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/shadow-paging.elf -append 100
# step touch-0
rmmod kvm-intel; insmod /lib/modules/kvm-intel.ko 
qemu-system-x86_64 -name touch,process=touch -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/touch.elf -append 0
# step touch-100
qemu-system-x86_64 -name touch,process=touch -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/touch.elf -append 100
# step undefined-0
qemu-system-x86_64 -name undefined,process=undefined -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/undefined.elf -append 0
# step undefined-100
qemu-system-x86_64 -name undefined,process=undefined -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/undefined.elf -append 100
# step vmx-instructions-0
qemu-system-x86_64 -name vmx-instructions,process=vmx-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/vmx-instructions.elf -append 0
# step vmx-instructions-100
qemu-system-x86_64 -name vmx-instructions,process=vmx-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/vmx-instructions.elf -append 100
# step wrmsr-0
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 0
# step wrmsr-100
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 100
# step xapic-0
qemu-system-x86_64 -name xapic,process=xapic -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xapic.elf -append 0
# step xapic-100
qemu-system-x86_64 -name xapic,process=xapic -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xapic.elf -append 100
# step xsetbv-0
qemu-system-x86_64 -name xsetbv,process=xsetbv -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xsetbv.elf -append 0
# step xsetbv-100
qemu-system-x86_64 -name xsetbv,process=xsetbv -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xsetbv.elf -append 100
