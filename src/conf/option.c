/*
 * options.def as data. The offsets and C types come from the same lines as struct conf, so they cannot differ.
 */
#include "conf/option.h"

ENUM_DEFINE(conf_mode, CONF_MODE_LIST)
ENUM_DEFINE(conf_on_error, CONF_ON_ERROR_LIST)
ENUM_DEFINE(conf_ocr, CONF_OCR_LIST)
ENUM_DEFINE(conf_hold_method, CONF_HOLD_METHOD_LIST)
ENUM_DEFINE(conf_log_target, CONF_LOG_TARGET_LIST)
ENUM_DEFINE(conf_log_level, CONF_LOG_LEVEL_LIST)
ENUM_DEFINE(conf_role, CONF_ROLE_LIST)
ENUM_DEFINE(conf_reload, CONF_RELOAD_LIST)

#define NAME_ITEM(id, text) text,
#define CHOICE_TYPE(type, LIST)                                                                              \
    static const char *const type##_names[] = {LIST(NAME_ITEM) NULL};                                        \
    static bool set_##type(const char *name, void *field)                                                    \
    {                                                                                                        \
        return conf_##type##_from_name(name, (enum conf_##type *)field);                                     \
    }
CHOICE_TYPE(mode, CONF_MODE_LIST)
CHOICE_TYPE(on_error, CONF_ON_ERROR_LIST)
CHOICE_TYPE(ocr, CONF_OCR_LIST)
CHOICE_TYPE(hold_method, CONF_HOLD_METHOD_LIST)
CHOICE_TYPE(log_target, CONF_LOG_TARGET_LIST)
CHOICE_TYPE(log_level, CONF_LOG_LEVEL_LIST)

const struct conf_option conf_options[CONF_OPTIONS] = {
#define FIELD(field) offsetof(struct conf, field), sizeof(((struct conf *)0)->field)
#define OPTION(section, name, field, kind, def, min, max, reload, help)                                      \
    {section, name, CONF_##kind, FIELD(field), def, min, max, NULL, NULL, CONF_RELOAD_##reload, help},
#define CHOICE(section, name, field, type, def, reload, help)                                                \
    {section, name,         CONF_CHOICE, FIELD(field),         def, 0,                                       \
     0,       type##_names, set_##type,  CONF_RELOAD_##reload, help},
#include "conf/options.def"
};

const struct conf_section conf_sections[] = {
#define SECTION(key, heading) {key, heading},
#include "conf/options.def"
};
const size_t conf_n_sections = sizeof(conf_sections) / sizeof(*conf_sections);

const char *conf_kind_text(enum conf_kind kind)
{
    static const char *const texts[] = {
#define KIND(k, read, what) what,
        CONF_KIND_LIST(KIND)
#undef KIND
    };
    return texts[kind];
}
