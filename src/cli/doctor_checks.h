#ifndef RINGER_CLI_DOCTOR_CHECKS_H
#define RINGER_CLI_DOCTOR_CHECKS_H
#include "cli/doctor.h"

/* The families of checks, one file each: doctor_config.c and its like. */
extern const struct doctor_family doctor_config, doctor_host, doctor_daemon, doctor_workers, doctor_store,
    doctor_mta;

#endif
