# Writes OUTPUT: the migrations of FOLDER as `callqueue::NAMESPACE::all_migrations()`. Files are NNNN_name.up.sql and
# NNNN_name.down.sql, and NNNN_name.before.sql and NNNN_name.after.sql where there are steps around it. String literals are
# cut in pieces because compilers bound their length.
function(literal_of file result)
  set(literal "")
  if(EXISTS ${file})
    file(READ ${file} text)
    string(LENGTH "${text}" length)
    set(at 0)
    while(at LESS length)
      string(SUBSTRING "${text}" ${at} 8000 piece)
      string(APPEND literal "R\"sql(${piece})sql\"\n")
      math(EXPR at "${at} + 8000")
    endwhile()
  else()
    set(literal "\"\"")
  endif()
  set(${result} "${literal}" PARENT_SCOPE)
endfunction()

file(GLOB ups ${FOLDER}/*.up.sql)
list(SORT ups)
set(entries "")
foreach(up ${ups})
  get_filename_component(base ${up} NAME)
  string(REGEX MATCH "^([0-9]+)_(.*)\\.up\\.sql$" matched ${base})
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" number ${number})
  string(REGEX REPLACE "\\.up\\.sql$" "" stem ${up})
  string(APPEND entries "      {.version = ${number}, .name = \"${name}\"")
  foreach(part up down before after)
    literal_of(${stem}.${part}.sql literal)
    string(APPEND entries ", .${part} = ${literal}")
  endforeach()
  string(APPEND entries "},\n")
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
