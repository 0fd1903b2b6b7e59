// The same tests as a program in C++: the header serves both.
#include "basic_test.c"
#include "campaigns_test.c"
#include "core_test.c"
#include "imports_test.c"
#include "main.c"
#include "people_test.c"
#include "processor_test.c"
#include "queue_test.c"
