#pragma once

#include <utility>

#include "postgres/store.hpp"
#include "store/guarded.hpp"

namespace callqueue::postgres {

template <class Body>
auto PostgresStore::on_connection(Body&& body) {
  return guarded([&] {
    const auto connection = pool_.take();
    return body(*connection);
  });
}

}  // namespace callqueue::postgres
