/*
 * Pictures to gray: libpng and libjpeg, and pages of pdftoppm. The size is believed only after it was held against the
 * limits, before anything is decoded; JPEGs are decoded at a fraction of their size where that is enough. Refused: other
 * formats, animation, what claims more pixels than PICTURE_DECLARED_MAX.
 */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>
#include <png.h>

#include "base/buf.h"
#include "base/mem.h"
#include "worker/picture.h"

enum {
    MAGIC = 8,
    WHITE = 255,
    JPEG_SCANS_MAX = 50 /* a progressive one may say the same pixels again and again */
};

static enum picture_result check_size(uint64_t width, uint64_t height)
{
    if (width == 0 || height == 0)
        return PICTURE_BROKEN;
    if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX || width * height > PICTURE_DECLARED_MAX)
        return PICTURE_TOO_BIG;
    return PICTURE_OK;
}

void picture_free(struct picture *picture)
{
    free(picture->gray);
    *picture = (struct picture){0};
}

/* Squares of pixels become one, until few enough are left; in place. */
static void reduce(struct picture *p)
{
    unsigned by = 1, width, height;
    while ((size_t)(p->width / by) * (p->height / by) > PICTURE_KEPT_MAX)
        by++;
    if (by == 1)
        return;
    width = p->width / by;
    height = p->height / by;
    for (unsigned y = 0; y < height; y++)
        for (unsigned x = 0; x < width; x++) {
            unsigned sum = 0;
            for (unsigned i = 0; i < by * by; i++)
                sum += p->gray[(size_t)(y * by + i / by) * p->width + x * by + i % by];
            p->gray[(size_t)y * width + x] = (unsigned char)(sum / (by * by));
        }
    p->width = width;
    p->height = height;
}

void picture_enlarge(const struct picture *p, unsigned times, unsigned edge, struct picture *out_r)
{
    struct picture out = {p->width * times + 2 * edge, p->height * times + 2 * edge, NULL};
    out.gray = mem_array(out.height, out.width);
    memset(out.gray, WHITE, (size_t)out.width * out.height);
    for (unsigned y = 0; y < p->height * times; y++)
        for (unsigned x = 0; x < p->width * times; x++)
            out.gray[(size_t)(y + edge) * out.width + x + edge] =
                p->gray[(size_t)(y / times) * p->width + x / times];
    *out_r = out;
}

/* --- PNG */

static enum picture_result read_png(struct span bytes, struct picture *p)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_color white = {WHITE, WHITE, WHITE};
    if (!png_image_begin_read_from_memory(&image, bytes.p, bytes.n))
        return PICTURE_BROKEN;
    enum picture_result rc = check_size(image.width, image.height);
    image.format = PNG_FORMAT_GRAY;
    p->gray = rc == PICTURE_OK ? malloc(PNG_IMAGE_SIZE(image)) : NULL;
    if (!p->gray) {
        png_image_free(&image);
        return rc == PICTURE_OK ? PICTURE_TOO_BIG : rc;
    }
    p->width = image.width;
    p->height = image.height;
    memset(p->gray, WHITE, PNG_IMAGE_SIZE(image));
    return png_image_finish_read(&image, &white, p->gray, 0, NULL) ? PICTURE_OK : PICTURE_BROKEN;
}

/* --- JPEG */

struct jpeg {
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    bool memory, work; /* that is what failed */
};

static void jpeg_fail(j_common_ptr common)
{
    struct jpeg *j = common->client_data;
    j->memory = common->err->msg_code == JERR_OUT_OF_MEMORY;
    longjmp(j->failed, 1);
}

static void jpeg_say_nothing(j_common_ptr common)
{
}

static void jpeg_warn(j_common_ptr common, int level)
{
    if (level < 0) /* damaged, and it goes on with what it can guess */
        common->err->num_warnings++;
}

static void jpeg_advance(j_common_ptr common)
{
    struct jpeg *j = common->client_data;
    if (j->d.input_scan_number > JPEG_SCANS_MAX) {
        j->work = true;
        longjmp(j->failed, 1);
    }
}

/* An eighth of it, a quarter, half or all: the smallest that still has the pixels that are looked at. */
static void scale_jpeg(struct jpeg_decompress_struct *d)
{
    d->out_color_space = JCS_GRAYSCALE;
    d->scale_denom = 8;
    for (d->scale_num = 1; d->scale_num < 8; d->scale_num *= 2) {
        jpeg_calc_output_dimensions(d);
        if ((size_t)d->output_width * d->output_height >= PICTURE_KEPT_MAX)
            break;
    }
}

static enum picture_result read_jpeg(struct span bytes, struct picture *p)
{
    struct jpeg j = {0};
    enum picture_result volatile rc = PICTURE_OK;
    j.d.err = jpeg_std_error(&j.errors);
    j.errors.error_exit = jpeg_fail;
    j.errors.output_message = jpeg_say_nothing;
    j.errors.emit_message = jpeg_warn;
    j.progress.progress_monitor = jpeg_advance;
    j.d.client_data = &j;
    if (setjmp(j.failed)) {
        jpeg_destroy_decompress(&j.d);
        return j.memory || j.work ? PICTURE_TOO_BIG : PICTURE_BROKEN;
    }
    jpeg_create_decompress(&j.d);
    j.d.progress = &j.progress;
    jpeg_mem_src(&j.d, (const unsigned char *)bytes.p, (unsigned long)bytes.n);
    jpeg_read_header(&j.d, TRUE);
    rc = check_size(j.d.image_width, j.d.image_height);
    if (rc == PICTURE_OK) {
        scale_jpeg(&j.d);
        jpeg_start_decompress(&j.d);
        p->width = j.d.output_width;
        p->height = j.d.output_height;
        p->gray = malloc((size_t)p->width * p->height);
        rc = p->gray ? PICTURE_OK : PICTURE_TOO_BIG;
    }
    if (p->gray)
        memset(p->gray, WHITE, (size_t)p->width * p->height);
    while (rc == PICTURE_OK && j.d.output_scanline < j.d.output_height) {
        JSAMPROW row = p->gray + (size_t)j.d.output_scanline * p->width;
        jpeg_read_scanlines(&j.d, &row, 1);
    }
    if (rc == PICTURE_OK && j.errors.num_warnings)
        rc = PICTURE_BROKEN;
    jpeg_destroy_decompress(&j.d);
    return rc;
}

/* --- pages: "P5" width height 255, blanks between, one blank, the pixels (netpbm's PGM) */

static bool pgm_number(FILE *in, unsigned *number_r)
{
    int c = getc(in);
    unsigned n = 0, digits = 0;
    while (c == ' ' || c == '\n' || c == '\t' || c == '\r')
        c = getc(in);
    for (; c >= '0' && c <= '9' && digits < 6; c = getc(in), digits++)
        n = n * 10 + (unsigned)(c - '0');
    *number_r = n;
    return digits && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
}

static enum picture_result read_pgm(FILE *in, struct picture *p)
{
    unsigned white;
    if (!pgm_number(in, &p->width) || !pgm_number(in, &p->height) || !pgm_number(in, &white) ||
        white != WHITE)
        return PICTURE_BROKEN;
    enum picture_result rc = check_size(p->width, p->height);
    if (rc != PICTURE_OK)
        return rc;
    size_t n = (size_t)p->width * p->height;
    p->gray = malloc(n);
    if (!p->gray)
        return PICTURE_TOO_BIG;
    memset(p->gray, WHITE, n);
    return fread(p->gray, 1, n, in) == n ? PICTURE_OK : PICTURE_BROKEN;
}

/* --- the stream */

static bool read_file(FILE *in, const unsigned char *magic, size_t n, struct buf *file)
{
    char piece[65536];
    buf_add(file, (const char *)magic, n);
    while (file->n <= PICTURE_BYTES_MAX && (n = fread(piece, 1, sizeof(piece), in)) > 0)
        buf_add(file, piece, n);
    return file->n <= PICTURE_BYTES_MAX;
}

static enum picture_result read_one(FILE *in, struct picture *p)
{
    unsigned char magic[MAGIC];
    struct buf file = {0};
    enum picture_result rc = PICTURE_UNKNOWN;
    size_t n = fread(magic, 1, 2, in);
    if (n < 2)
        return n ? PICTURE_UNKNOWN : PICTURE_END;
    if (memcmp(magic, "P5", 2) == 0)
        return read_pgm(in, p);
    n += fread(magic + n, 1, sizeof(magic) - n, in);
    bool png = n == MAGIC && png_sig_cmp(magic, 0, MAGIC) == 0, jpeg = magic[0] == 0xff && magic[1] == 0xd8;
    if (png || jpeg)
        rc = read_file(in, magic, n, &file) ? (png ? read_png : read_jpeg)(buf_span(&file), p)
                                            : PICTURE_TOO_BIG;
    buf_free(&file);
    return rc;
}

enum picture_result picture_next(FILE *in, struct picture *picture_r)
{
    *picture_r = (struct picture){0};
    enum picture_result rc = read_one(in, picture_r);
    if (rc != PICTURE_OK && rc != PICTURE_BROKEN)
        picture_free(picture_r);
    if (picture_r->gray)
        reduce(picture_r);
    return rc;
}

enum picture_result picture_each(FILE *in, void (*read)(void *context, struct picture *picture),
                                 void *context)
{
    struct picture picture;
    enum picture_result rc;
    unsigned pages = 0;
    do {
        rc = picture_next(in, &picture);
        if (!picture.gray)
            break;
        read(context, &picture);
        fputc('\f', stdout);
        fflush(stdout); /* what is read counts, should there be no time for the next page */
        picture_free(&picture);
        pages++;
    } while (rc == PICTURE_OK);
    return pages && rc == PICTURE_END ? PICTURE_OK : rc;
}
