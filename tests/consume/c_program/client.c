#include <callqueue.h>
#include <stdio.h>

int main(void) {
  cq_store* store = NULL;
  cq_error* error = NULL;
  if (cq_store_open("sqlite::memory:", NULL, &store, &error) != CQ_OK) return 1;
  if (cq_store_migrate(store, NULL, NULL, &error) != CQ_OK) return 1;
  cq_user ann;
  cq_user_init(&ann, sizeof ann);
  ann.name = "Ann";
  if (cq_store_create_user(store, &ann, NULL, &error) != CQ_OK) return 1;
  cq_store_close(&store);
  puts("calling Ada");
  return 0;
}
