# Reads CTest's LastTest.log and prints "PASSED FAILED": the test cases of programs that report them
# (Boost.Test's, and those of Node.js in TAP), and one for every other program. A program that failed without saying in which case
# (a crash, a time-out, not built) counts as one failure.
function close_test(ok) {
  passed += case_passed + (ok && !reported)
  failed += case_failed + (!ok && !case_failed)
  case_passed = case_failed = reported = missing = 0
}
/^Command: ""$/ { missing = 1 }  # The log calls a program that is not there passed.
/^ +[0-9]+ test cases? out of [0-9]+ passed/ { reported = 1; case_passed += $1 }
/^ +[0-9]+ test cases? out of [0-9]+ failed/ { reported = 1; case_failed += $1 }
/^# pass [0-9]+$/ { reported = 1; case_passed += $3 }
/^# (fail|cancelled) [0-9]+$/ { case_failed += $3 }
/^Test Passed\.$/ { close_test(!missing) }
/^Test Failed\.$/ { close_test(0) }
END { print passed + 0, failed + 0 }
