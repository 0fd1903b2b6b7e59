#include <callqueue.hpp>

int main() { return callqueue::open_store("sqlite::memory:") ? 0 : 1; }
