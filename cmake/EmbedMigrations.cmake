# Writes OUTPUT: the migrations of FOLDER as `callqueue::NAMESPACE::all_migrations()`. Files are NNNN_name.up.sql and
# NNNN_name.down.sql. String literals are cut in pieces because compilers bound their length.
file(GLOB ups ${FOLDER}/*.up.sql)
list(SORT ups)
set(entries "")
foreach(up ${ups})
  string(REGEX REPLACE "\\.up\\.sql$" ".down.sql" down ${up})
  get_filename_component(base ${up} NAME)
  string(REGEX MATCH "^([0-9]+)_(.*)\\.up\\.sql$" matched ${base})
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" number ${number})
  set(texts "")
  foreach(file ${up} ${down})
    file(READ ${file} text)
    string(LENGTH "${text}" length)
    set(literal "")
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 8000 piece)
      string(APPEND literal "R\"sql(${piece})sql\"\n")
      math(EXPR at "${at} + 8000")
    endwhile()
    list(APPEND texts "${up}")
    if(file STREQUAL up)
      set(up_literal "${literal}")
    else()
      set(down_literal "${literal}")
    endif()
  endforeach()
  string(APPEND entries "      {.version = ${number}, .name = \"${name}\", .up = ${up_literal}, .down = ${down_literal}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from ${FOLDER} by cmake/EmbedMigrations.cmake.
#include \"${NAMESPACE}/schema.hpp\"

namespace callqueue::${NAMESPACE} {

const std::vector<Migration>& all_migrations() {
  static const std::vector<Migration> migrations{
${entries}  };
  return migrations;
}

}  // namespace callqueue::${NAMESPACE}
")
