// SPDX-License-Identifier: GPL-2.0-only
/*
 * The functions of GnuTLS that libmicrohttpd.a refers to, for static programs without GnuTLS.
 *
 * Debian's library is built with TLS, which is asked for by a flag that out/serve.c never sets. To
 * link GnuTLS for that would take seven more libraries, of which p11-kit exists as a shared one
 * only. Only gnutls_global_init() and _deinit() are ever called, by the library's constructor and
 * destructor (daemon.c, MHD_init); whatever else is reached says so and ends the program.
 *
 * The linker takes this file from the archive only where something needs it: behind -lmicrohttpd,
 * in a static link. Must not: be part of a program that uses TLS.
 */
#include <stdio.h>
#include <stdlib.h>

int gnutls_global_init(void);
int gnutls_global_init(void)
{
	return 0; /* GNUTLS_E_SUCCESS */
}

void gnutls_global_deinit(void);
void gnutls_global_deinit(void)
{
}

extern void *(*gnutls_malloc)(size_t size);
void *(*gnutls_malloc)(size_t size) = malloc;

#define ABSENT(name)                                                             \
	void name(void) __attribute__((noreturn));                               \
	void name(void)                                                          \
	{                                                                        \
		fputs("seatrace: " #name ": this program has no TLS\n", stderr); \
		abort();                                                         \
	}

ABSENT(gnutls_alpn_set_protocols)
ABSENT(gnutls_bye)
ABSENT(gnutls_certificate_allocate_credentials)
ABSENT(gnutls_certificate_free_credentials)
ABSENT(gnutls_certificate_server_set_request)
ABSENT(gnutls_certificate_set_dh_params)
ABSENT(gnutls_certificate_set_retrieve_function2)
ABSENT(gnutls_certificate_set_retrieve_function3)
ABSENT(gnutls_certificate_set_x509_key_mem)
ABSENT(gnutls_certificate_set_x509_key_mem2)
ABSENT(gnutls_certificate_set_x509_trust_mem)
ABSENT(gnutls_cipher_get)
ABSENT(gnutls_credentials_set)
ABSENT(gnutls_deinit)
ABSENT(gnutls_dh_params_deinit)
ABSENT(gnutls_dh_params_import_pkcs3)
ABSENT(gnutls_dh_params_init)
ABSENT(gnutls_handshake)
ABSENT(gnutls_init)
ABSENT(gnutls_priority_deinit)
ABSENT(gnutls_priority_init)
ABSENT(gnutls_priority_set)
ABSENT(gnutls_protocol_get_version)
ABSENT(gnutls_psk_allocate_server_credentials)
ABSENT(gnutls_psk_free_server_credentials)
ABSENT(gnutls_psk_set_server_credentials_function)
ABSENT(gnutls_record_check_pending)
ABSENT(gnutls_record_get_direction)
ABSENT(gnutls_record_recv)
ABSENT(gnutls_record_send)
ABSENT(gnutls_session_get_ptr)
ABSENT(gnutls_session_set_ptr)
ABSENT(gnutls_strerror)
ABSENT(gnutls_transport_set_int2)
