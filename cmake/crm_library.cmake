# crm_library(LAYER [DEPS edge... external...]) builds crm_<LAYER> from every source below the folder it is called in.
# DEPS are layers (checked against layers.cmake) or imported targets.
include(${CMAKE_SOURCE_DIR}/cmake/layers.cmake)

# A layer may exist before its first source; CMake wants one, so an empty one stands in.
function(crm_static_library TARGET)
  set(placeholder)
  if(NOT ARGN MATCHES "\\.cc")
    set(placeholder ${CMAKE_BINARY_DIR}/empty.cc)
    if(NOT EXISTS ${placeholder})
      file(TOUCH ${placeholder})
    endif()
  endif()
  add_library(${TARGET} STATIC ${ARGN} ${placeholder})
endfunction()

function(crm_link TARGET LAYER)
  foreach(dep IN LISTS ARGN)
    if(dep IN_LIST CRM_LAYERS)
      if(NOT dep IN_LIST CRM_EDGES_${LAYER})
        message(FATAL_ERROR "layer '${LAYER}' may not depend on '${dep}': see cmake/layers.cmake")
      endif()
      target_link_libraries(${TARGET} PUBLIC crm_${dep})
    else()
      target_link_libraries(${TARGET} PUBLIC ${dep})
    endif()
  endforeach()
endfunction()

# For layers and programs with crash points (base/crash_point.h): whether this build has them.
function(crm_crash_points TARGET)
  target_compile_definitions(${TARGET} PRIVATE CRM_CRASH_POINTS=$<BOOL:${CRM_CRASH_POINTS}>)
endfunction()

function(crm_library LAYER)
  cmake_parse_arguments(ARG "" "" "DEPS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc *.h)
  foreach(pattern IN LISTS ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX ${pattern})
  endforeach()
  crm_static_library(crm_${LAYER} ${sources})
  target_link_libraries(crm_${LAYER} PRIVATE crm_warnings)
  crm_link(crm_${LAYER} ${LAYER} ${ARG_DEPS})
endfunction()

# crm_program(NAME LAYER x SOURCES ... DEPS ...): an executable, in bin/ of the build folder.
function(crm_program NAME)
  cmake_parse_arguments(ARG "" "LAYER" "SOURCES;DEPS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  set_target_properties(${NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  target_link_libraries(${NAME} PRIVATE crm_warnings)
  crm_sanitizer_options(${NAME})
  crm_link(${NAME} ${ARG_LAYER} ${ARG_DEPS})
endfunction()

# For every program: what the address or the thread sanitizer is told, when it is built with one.
function(crm_sanitizer_options TARGET)
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=(address|thread)")
    target_sources(${TARGET} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/sanitizer_options.cc)
  endif()
endfunction()
