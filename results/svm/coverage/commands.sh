# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 1 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,coverage'

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
# step hypercall-0
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 0
# step hypercall-100
qemu-system-x86_64 -name hypercall,process=hypercall -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/hypercall.elf -append 100
# step interrupt-window-0
qemu-system-x86_64 -name interrupt-window,process=interrupt-window -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt-window.elf -append 0
# step interrupt-window-100
qemu-system-x86_64 -name interrupt-window,process=interrupt-window -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/interrupt-window.elf -append 100
# step l2-control-reads-0
qemu-system-x86_64 -name l2-control-reads,process=l2-control-reads -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-control-reads.elf -append 0
# step l2-control-reads-100
qemu-system-x86_64 -name l2-control-reads,process=l2-control-reads -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/l2-control-reads.elf -append 100
# step l2-control-registers-0
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
rmmod kvm-amd; insmod /lib/modules/kvm-amd.ko npt=0
qemu-system-x86_64 -name shadow-paging,process=shadow-paging -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/shadow-paging.elf -append 0
# step shadow-paging-100
qemu-system-x86_64 -name shadow-paging,process=shadow-paging -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/shadow-paging.elf -append 100
# step svm-instructions-0
rmmod kvm-amd; insmod /lib/modules/kvm-amd.ko 
qemu-system-x86_64 -name svm-instructions,process=svm-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/svm-instructions.elf -append 0
# step svm-instructions-100
qemu-system-x86_64 -name svm-instructions,process=svm-instructions -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/svm-instructions.elf -append 100
# step touch-0
qemu-system-x86_64 -name touch,process=touch -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/touch.elf -append 0
# step touch-100
qemu-system-x86_64 -name touch,process=touch -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/touch.elf -append 100
# step undefined-0
qemu-system-x86_64 -name undefined,process=undefined -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/undefined.elf -append 0
# step undefined-100
qemu-system-x86_64 -name undefined,process=undefined -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/undefined.elf -append 100
# step wrmsr-0
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 0
# step wrmsr-100
qemu-system-x86_64 -name wrmsr,process=wrmsr -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/wrmsr.elf -append 100
# step xapic-0
qemu-system-x86_64 -name xapic,process=xapic -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xapic.elf -append 0
# step xapic-100
qemu-system-x86_64 -name xapic,process=xapic -accel kvm -cpu host,kvm-pv-eoi=off -nodefaults -no-user-config -no-reboot -display none -M microvm,acpi=off,pic=off,pit=off,rtc=off -m 16 -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=0x4 -kernel /guests/bare/xapic.elf -append 100
