" Two spaces a level, comments with two slashes, names with hyphens.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1
setlocal expandtab shiftwidth=2 softtabstop=2 commentstring=//\ %s comments=:///,:// iskeyword+=-
if executable("fleetc")
  setlocal formatprg=fleetc\ fmt\ -
endif
let b:undo_ftplugin = "setlocal expandtab< shiftwidth< softtabstop< commentstring< comments< iskeyword< formatprg<"
