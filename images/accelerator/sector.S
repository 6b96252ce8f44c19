/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The accelerator test: a boot sector that reaches 64-bit long mode, runs a counted loop there and leaves
 * through QEMU's isa-debug-exit device. It tells an accelerator that runs real guest code from one that only opens.
 *
 *   as --64 --defsym ROUNDS=300000 -o sector.o sector.S
 *   ld -m elf_x86_64 -Ttext 0x7c00 -e start --oformat binary -o sector.img sector.o
 *   qemu-system-x86_64 -machine pc -nodefaults -no-user-config -display none -no-reboot \
 *       -device isa-debug-exit,iobase=0xf4,iosize=1 -drive file=sector.img,format=raw,if=ide -accel tcg
 *
 * It writes 0x21, so QEMU's exit status is (0x21 << 1) | 1 = 67. Anything else means the loop did not end.
 * The number of rounds is also the little-endian 32-bit word at file offset 504 and may be patched there.
 */
	.ifndef ROUNDS
	.set ROUNDS, 300000
	.endif
	.set TABLES, 0x1000		/* PML4, then the page-directory pointers, then the page directory */
	.set EXIT_PORT, 0xf4
	.set EXIT_BYTE, 0x21

	.text
	.globl start
	.code16
start:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp

	movw $TABLES, %di		/* three empty pages */
	movw $(3 * 4096 / 2), %cx
	rep stosw
	movw $(TABLES + 0x1000 + 3), TABLES
	movw $(TABLES + 0x2000 + 3), TABLES + 0x1000
	movw $0x83, TABLES + 0x2000	/* the first 2 MiB, one large page */

	movl $TABLES, %eax
	movl %eax, %cr3
	movl $0x20, %eax		/* CR4.PAE */
	movl %eax, %cr4
	movl $0xc0000080, %ecx		/* EFER.LME */
	rdmsr
	orl $0x100, %eax
	wrmsr
	lgdt descriptor
	movl $0x80000011, %eax		/* CR0: paging, protected mode, and ET, which is fixed to one */
	movl %eax, %cr0
	ljmp $8, $long_mode

	.code64
long_mode:
	movl rounds, %ecx
	xorl %eax, %eax
1:	addl %ecx, %eax
	decl %ecx
	jnz 1b
	movb $EXIT_BYTE, %al
	outb %al, $EXIT_PORT
2:	hlt
	jmp 2b

	.balign 8
gdt:
	.quad 0
	.quad 0x00209a0000000000	/* 64-bit code */
descriptor:
	.word . - gdt - 1
	.long gdt

	.org 504
rounds:
	.long ROUNDS
	.org 510
	.word 0xaa55
