" Writes down the group of each place, as `line column` in $PLACES has them.
set nocompatible
execute 'set runtimepath^=' . $VIM_FILES
filetype plugin on
syntax on
execute 'edit' $FLEET_FILE
let seen = ['filetype ' . &filetype . ' ' . &commentstring]
for place in readfile($PLACES)
  let [line, column] = split(place)
  call add(seen, synIDattr(synID(line, column, 1), 'name'))
endfor
call writefile(seen, $FLEET_OUT)
quitall!
