# The host
qemu-system-x86_64 -M q35 -accel tcg,thread=single -icount shift=0,sleep=off -rtc base=2026-01-01T00:00:00,clock=vm -cpu qemu64,+svm,+npt -seed 1 -smp 1 -m 2048 -nodefaults -no-user-config -no-reboot -display none -kernel kernel -initrd root -serial file:console.log -chardev stdio,mux=on,signal=off,id=monitor -mon chardev=monitor -serial file:report -append 'console=ttyS0,115200 norandmaps random.trust_cpu=off panic=-1 sysrq_always_enabled log_buf_len=4M printk.devkmsg=on run=target/experiment,bare'

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
