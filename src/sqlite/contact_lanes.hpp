#pragma once

#include "callqueue/contact.hpp"
#include "sqlite/database.hpp"

namespace callqueue::sqlite {

/// Moves the contact's open rows into the lanes of its new zone, where their campaigns call by
/// contact clock. @param contact as it is going to be.
void move_rows_of_contact(Database& database, const Contact& contact);

}  // namespace callqueue::sqlite
