# Installs the kernels into a folder of their own, looks at the headers, then configures, builds and runs a program that knows
# nothing but that folder. Given: BUILD (gradus's build folder), SOURCE, CXX, GENERATOR, MAKE.
set(folder ${BUILD}/consumer)
file(REMOVE_RECURSE ${folder})

function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(status)
    message(FATAL_ERROR "${ARGN}\n${text}")
  endif()
  set(said "${text}" PARENT_SCOPE)
endfunction()

must(${CMAKE_COMMAND} --install ${BUILD} --component kernels --prefix ${folder}/installed)

# Standard headers have neither dots nor slashes; what is in quotes must have come along.
set(include ${folder}/installed/include/gradus)
file(GLOB_RECURSE headers ${include}/*)
list(LENGTH headers count)
if(count LESS 40)
  message(FATAL_ERROR "${count} headers are installed")
endif()
foreach(header ${headers})
  file(STRINGS ${header} lines REGEX "^[ \t]*#[ \t]*include")
  foreach(line ${lines})
    if(line MATCHES "\"(.*)\"" AND EXISTS ${include}/${CMAKE_MATCH_1})
    elseif(NOT line MATCHES "<[a-z_0-9]+>")
      message(FATAL_ERROR "${header}: ${line}")
    endif()
  endforeach()
endforeach()

must(${CMAKE_COMMAND} -S ${SOURCE} -B ${folder}/build -G ${GENERATOR} -DCMAKE_MAKE_PROGRAM=${MAKE} -DWHOLE=ON
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${folder}/installed)
must(${CMAKE_COMMAND} --build ${folder}/build)
must(${folder}/build/consumer)
if(NOT said STREQUAL "-1 -> 0, 0\n2 -> 2, 2\n-3 -> 0, 0\n4 -> 4, 4\n-5 -> 0, 0\n6 -> 6, 6\n")
  message(FATAL_ERROR "the program said:\n${said}")
endif()
