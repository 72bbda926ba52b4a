# crm_test(NAME SOURCES ... LINK ... [LABELS ...] [TIMEOUT seconds]): one GoogleTest binary per tests/ folder.
function(crm_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE crm_warnings ${ARG_LINK} GTest::gmock_main)
  crm_sanitizer_options(${NAME})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABELS}")
  crm_test_timeout(${NAME} ${ARG_TIMEOUT})
endfunction()

# How much slower than `dev` tests may be: sanitizers cost what they cost.
set(CRM_TIMEOUT_FACTOR 1 CACHE STRING "Multiplies the timeout of every test")

function(crm_test_timeout NAME SECONDS)
  math(EXPR timeout "${SECONDS} * ${CRM_TIMEOUT_FACTOR}")
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${timeout})
endfunction()
