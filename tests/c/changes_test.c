/* Hearing of what others commit. */
#include <pthread.h>
#include <sched.h>

#include "harness.h"

static void changes_are_heard(void) {
  world w = open_world(2);
  cq_change_listener* listener = NULL;
  cq_changes* changes = NULL;
  cq_store* store = w.store;
  OK(cq_store_listen(w.store, &listener, &error));
  OK(cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, &changes, &error));
  CHECK(changes == NULL);
  OK(cq_store_set_user_limits(w.store, w.ann->id, 3, CQ_UNSET, NULL, &error));
  OK(cq_change_listener_wait(listener, 30000, CQ_NO_INSTANT, &changes, &error));
  CHECK(changes != NULL && changes->size == sizeof *changes);
  CHECK(changes->everyone == 1 && changes->may_start == 1 && changes->users_count == 0);
  cq_changes_free(&changes);
  CHECK(changes == NULL);
  cq_changes_free(&changes);
  OK(cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, &changes, &error));
  CHECK(changes == NULL); /* It was told. */
  OK(cq_change_listener_wait(listener, 30000, NOON, &changes, &error));
  CHECK(changes == NULL); /* That instant has come. */
  REFUSED(cq_change_listener_wait(listener, -1, CQ_NO_INSTANT, &changes, &error), "at_most");
  REFUSED(cq_change_listener_wait(listener, 0, INT64_MAX, &changes, &error), "until");
  REFUSED(cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, NULL, &error), "changes");
  REFUSED(cq_change_listener_wait(NULL, 0, CQ_NO_INSTANT, &changes, &error), "listener");
  REFUSED(cq_store_listen(w.store, NULL, &error), "listener");
  w.store = NULL;
  cq_store_close(&store); /* It keeps the database open. */
  OK(cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, &changes, &error));
  cq_change_listener_free(&listener);
  CHECK(listener == NULL);
  cq_change_listener_free(&listener);
  cq_change_listener_wake(NULL);
  REFUSED(cq_store_listen(NULL, &listener, &error), "store");
  close_world(&w);
}

/* Waits until somebody wakes it, once nobody else waits. */
static void* wait_long(void* listener) {
  cq_changes* changes = NULL;
  cq_status status = CQ_CONFLICT;
  while (status == CQ_CONFLICT) {
    status = cq_change_listener_wait((cq_change_listener*)listener, 600000, CQ_NO_INSTANT, &changes,
                                     NULL);
    sched_yield();
  }
  CHECK(status == CQ_OK && changes == NULL);
  return NULL;
}

static void a_listener_is_woken_and_serves_one_thread(void) {
  world w = open_world(2);
  cq_change_listener* listener = NULL;
  cq_changes* changes = NULL;
  cq_status status = CQ_OK;
  pthread_t thread;
  OK(cq_store_listen(w.store, &listener, &error));
  CHECK(pthread_create(&thread, NULL, wait_long, listener) == 0);
  while (status == CQ_OK) {
    cq_error* error = NULL;
    status = cq_change_listener_wait(listener, 0, CQ_NO_INSTANT, &changes, &error);
    if (error) SAME(error->field, "listener");
    cq_error_free(&error);
    sched_yield(); /* Else the other never runs but while this one waits. */
  }
  CHECK(status == CQ_CONFLICT);
  cq_change_listener_wake(listener);
  CHECK(pthread_join(thread, NULL) == 0);
  cq_change_listener_wake(listener); /* The next one. */
  wait_long(listener);
  cq_change_listener_free(&listener);
  close_world(&w);
}

const test_case change_cases[] = {
    {"changes_are_heard", changes_are_heard},
    {"a_listener_is_woken_and_serves_one_thread", a_listener_is_woken_and_serves_one_thread},
    {NULL, NULL}};
