-- For `vim.lsp.enable("fleetc")`, Neovim 0.11 or newer.
return { cmd = { "fleetc", "lsp" }, filetypes = { "fleet" }, root_markers = { "fleet.fleet" } }
