/*
 * The one state that all threads share; what stands in it, daemon.h says.
 */
#include "milter/daemon.h"

struct daemon ringerd;
