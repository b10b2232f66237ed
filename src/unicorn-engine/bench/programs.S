# The guest programs of the benchmarks; programs.mjs holds them assembled.
# as programs.S -o programs.o && objcopy -O binary programs.o programs.bin
# Position independent. RDI: 4096 writable bytes. RCX: iterations.
.intel_syntax noprefix
stub:   hlt
        ret
        .balign 16
# nothing but stops
spin:   hlt
        jmp spin
        .balign 16
# loads, stores, arithmetic, a branch taken half the time, a call: 18.5 instructions in 5.5 blocks an iteration
mixed:  mov rax, [rdi + 8]
        add rax, rcx
        mov [rdi + 16], rax
        imul rdx, rax, 31
        xor rdx, [rdi + 24]
        mov [rdi + 24], rdx
        test cl, 1
        jz 1f
        add rbx, 1
1:      call leaf
        dec rcx
        jnz mixed
        hlt
leaf:   push rbp
        mov rbp, rsp
        lea rsi, [rdi + 64]
        add [rsi], rdx
        pop rbp
        ret
        .balign 16
# sixty instructions and three stubs, as a small module's init
hello:  push rbx
        sub rsp, 48
        mov rbx, rdi
        .rept 3
        mov rdi, rbx
        lea rsi, [rip + hello]
        mov edx, 3
        mov [rsp + 8], rdi
        mov [rsp + 16], rsi
        mov rax, [rbx + 32]
        add rax, rdx
        mov [rbx + 32], rax
        cmp rax, 0
        je 2f
        shl rdx, 4
        xor rdx, rax
        mov [rbx + 40], rdx
2:      xor eax, eax
        call stub
        test eax, eax
        .endr
        add rsp, 48
        pop rbx
        hlt
        .balign 16
# eight instructions in five blocks and one stub, as the init of the hello sample; three pages written
init:   push rbx
        lea rbx, [rip + hello]
        mov [rdi], rbx
        mov [rdi + 4096], rbx
        call stub
        xor eax, eax
        pop rbx
        ret
