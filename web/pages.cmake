# The two steps of building the pages, run by CMakeLists.txt with cmake -P.
#   STEP=install  FILES of FROM are copied to TREE, and npm ci runs there
#   STEP=build    FILES of FROM are copied to TREE, npm run build runs there, and INTO gets pages.S, which holds the bytes
#                 of every file of TREE/dist, and pages.cpp, which lists them

cmake_minimum_required(VERSION 3.25)

function(run_npm)
  execute_process(COMMAND ${NPM} ${ARGN} WORKING_DIRECTORY ${TREE} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    list(JOIN ARGN " " words)
    message(FATAL_ERROR "npm ${words} failed:\n${said}")
  endif()
endfunction()

foreach(file IN LISTS FILES)
  configure_file(${FROM}/${file} ${TREE}/${file} COPYONLY)
endforeach()

if(STEP STREQUAL "install")
  run_npm(ci --prefer-offline --no-audit --no-fund --loglevel=error)
  return()
endif()

run_npm(run --silent build)

set(type_html "text/html; charset=utf-8")
set(type_css "text/css; charset=utf-8")
set(type_js "text/javascript; charset=utf-8")
set(type_json "application/json")
set(type_svg "image/svg+xml")
set(type_png "image/png")

file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${TREE}/dist ${TREE}/dist/*)
list(SORT files)
set(number 0)
foreach(file IN LISTS files)
  set(path ${TREE}/dist/${file})
  cmake_path(GET path EXTENSION LAST_ONLY extension)
  string(REPLACE "." "type_" type "${extension}")
  if(NOT DEFINED ${type})
    message(FATAL_ERROR "${file}: no content type is known for this kind of file")
  endif()
  file(SIZE ${path} size)
  file(SHA256 ${path} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  string(REGEX REPLACE "(^|/)index\\.html$" "\\1" url "/${file}")
  string(APPEND bytes "  .globl suzaku_web_page_${number}\nsuzaku_web_page_${number}:\n  .incbin \"${path}\"\n")
  string(APPEND symbols "extern const char suzaku_web_page_${number}[];\n")
  string(APPEND entries "    {\"${url}\", \"${${type}}\", {suzaku_web_page_${number}, ${size}}, \"\\\"${hash}\\\"\"},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE ${INTO}/pages.S "  .section .rodata\n${bytes}  .section .note.GNU-stack,\"\",%progbits\n")
file(WRITE ${INTO}/pages.cpp "#include \"web/pages.hpp\"

extern \"C\" {
${symbols}}

namespace suzaku::web {

std::span<const Page> pages() noexcept {
  static constexpr Page kPages[] = {
${entries}  };
  return kPages;
}

}  // namespace suzaku::web
")
