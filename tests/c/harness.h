#pragma once

#include <callqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test program of our own: no framework for C is needed to compare what comes with what should.
 * Everything here can be read as C11 and as C++. */

#ifdef __cplusplus
extern "C" {
#endif

/* Says where something is wrong, and fails the case under way. */
void note_failure(const char* file, int line, const char* what, const char* detail);
int same_text(const char* a, const char* b);

/* A test. */
typedef struct test_case {
  const char* name;
  void (*run)(void);
} test_case;

/* By topic; each ends with an empty one. */
extern const test_case basic_cases[];
extern const test_case people_cases[];
extern const test_case campaign_cases[];
extern const test_case queue_cases[];
extern const test_case import_cases[];
extern const test_case processor_cases[];
extern const test_case change_cases[];
extern const test_case core_cases[];
extern const test_case memory_cases[];

/* A store in memory with a user, her agent and a clock that stands still until it is moved. */
typedef struct world {
  cq_store* store;
  cq_user* ann;
  cq_agent* agent;
} world;

enum { MINUTE = 60 * 1000000, HOUR = 60 * 60 };

/* Noon of 2 March 2026, UTC; a Monday. */
#define NOON INT64_C(1772452800000000)

extern int64_t now_is;
int64_t tell_time(void* user);

world open_world(int32_t limit);
/* The same with a store of other options. */
cq_store_options world_options(void);
world world_with(const cq_store_options* options, int32_t limit);
void close_world(world* w);
/* Of the user, with this number; all day, active, and its contact queued. @return its id, kept
 * until the next call. */
const char* active_campaign(world* w, const char* numbers, const char* rules);
/* A contact's id, kept until the next call. */
const char* new_contact(world* w, const char* number);
cq_csv_source text_source(const char* text);

#define CHECK(what)                                           \
  do {                                                        \
    if (!(what)) note_failure(__FILE__, __LINE__, #what, ""); \
  } while (0)

/* A call that has to succeed; `error` is there for it. */
#define OK(call)                                                                               \
  do {                                                                                         \
    cq_error* error = NULL;                                                                    \
    if ((call) != CQ_OK) note_failure(__FILE__, __LINE__, #call, error ? error->message : ""); \
    cq_error_free(&error);                                                                     \
  } while (0)

/* A call that has to fail so. */
#define FAILS(call, status, blamed)                                                            \
  do {                                                                                         \
    cq_error* error = NULL;                                                                    \
    const cq_status got = (call);                                                              \
    if (got != (status) || !error || error->code != (int32_t)(status) || !error->message[0] || \
        strcmp(error->field, (blamed)) != 0)                                                   \
      note_failure(__FILE__, __LINE__, #call, error ? error->field : "no error");              \
    cq_error_free(&error);                                                                     \
    CHECK(error == NULL);                                                                      \
  } while (0)

#define REFUSED(call, blamed) FAILS(call, CQ_INVALID_ARGUMENT, blamed)

/* A list of that many; freed by its function. */
#define HAS(list, number) CHECK((list) != NULL && (list)->count == (size_t)(number))
#define SAME(a, b) CHECK(same_text((a), (b)))
#define HOLDS(text, part) CHECK((text) != NULL && strstr((text), (part)) != NULL)

#define NOBODY "00000000-0000-7000-8000-000000000001"
#define BAD_UTF8 "\xff\xfe"

#ifdef __cplusplus
}
#endif
