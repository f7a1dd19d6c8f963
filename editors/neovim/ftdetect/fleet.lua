vim.filetype.add({ extension = { fleet = "fleet" } })
