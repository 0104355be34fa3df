# Compiler options that every target of the project shares.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(IOPATH_WERROR "Treat warnings as errors" OFF)
option(IOPATH_SANITIZE "Build with address and undefined-behaviour sanitizers" OFF)
option(IOPATH_COVERAGE "Build with coverage counters" OFF)

add_library(iopath_options INTERFACE)
target_include_directories(iopath_options INTERFACE $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
target_compile_definitions(iopath_options INTERFACE _POSIX_C_SOURCE=200809L)
# Path tables leave trailing members out on purpose, hence -Wno-missing-field-initializers.
target_compile_options(iopath_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-missing-field-initializers
                       $<$<BOOL:${IOPATH_WERROR}>:-Werror>)
# Results must not depend on the compiler: no fused multiply-add, no relaxed floating point.
target_compile_options(iopath_options INTERFACE -ffp-contract=off)
if(IOPATH_SANITIZE)
  target_compile_options(iopath_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(iopath_options INTERFACE -fsanitize=address,undefined)
endif()
if(IOPATH_COVERAGE)
  target_compile_options(iopath_options INTERFACE --coverage)
  target_link_options(iopath_options INTERFACE --coverage)
endif()

# iopath_library(NAME DEPENDS…): one layer, from the C files of its folder and the folders below it, without modules.
function(iopath_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")
  list(FILTER sources EXCLUDE REGEX "/module\\.c$")
  add_library(iopath_${name} OBJECT ${sources})
  add_library(iopath::${name} ALIAS iopath_${name})
  target_link_libraries(iopath_${name} PUBLIC iopath_options ${ARGN})
endfunction()
