// SPDX-License-Identifier: GPL-2.0
/*
 * The first serial port, for messages of the guest.
 */
#include "bare.h"

#define COM1		0x3f8
#define COM1_STATUS	(COM1 + 5)
#define STATUS_EMPTY	0x20

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	asm volatile("inb %1, %0" : "=a" (value) : "Nd" (port));
	return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
	asm volatile("outb %0, %1" : : "a" (value), "Nd" (port));
}

static void put_char(char c)
{
	while (!(inb(COM1_STATUS) & STATUS_EMPTY))
		;
	outb(COM1, c);
}

static void put_number(uint32_t n, uint32_t base)
{
	if (n >= base)
		put_number(n / base, base);
	put_char("0123456789abcdef"[n % base]);
}

/**
 * say_text() - Write a text.
 * @text: the text.
 */
void say_text(const char *text)
{
	while (*text)
		put_char(*text++);
}

/**
 * say_number() - Write a decimal number.
 * @n: the number.
 */
void say_number(uint32_t n)
{
	put_number(n, 10);
}

/**
 * wrong() - Write an error message: a value is not the expected one.
 * @what: the kind of value, a noun.
 * @where: its number, shown in decimal.
 * @is: the value, shown in hexadecimal.
 * @must_be: the expected value, shown in hexadecimal.
 *
 * Return: GUEST_WRONG
 */
int wrong(const char *what, uint32_t where, uint32_t is, uint32_t must_be)
{
	say_text("guest: failed: ");
	say_text(what);
	put_char(' ');
	put_number(where, 10);
	say_text(" is 0x");
	put_number(is, 16);
	say_text(", not 0x");
	put_number(must_be, 16);
	put_char('\n');
	return GUEST_WRONG;
}
