autocmd BufRead,BufNewFile *.fleet setfiletype fleet
