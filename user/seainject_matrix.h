/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The shots of a campaign, as a table or as JSON, before any is fired.
 * Layer: main of seainject. Must not know: files, what became of shots (out/).
 */
#ifndef SEAINJECT_MATRIX_H
#define SEAINJECT_MATRIX_H

#include <stdio.h>

#include "inject/campaign.h"

/* What holds of all, then a table per target. 0, or -errno of writing. */
int matrix_text(FILE *file, const struct campaign *campaign);

/* One line of JSON, type "campaign". 0, -ENOMEM, or -errno of writing. */
int matrix_json(FILE *file, const struct campaign *campaign);

#endif
