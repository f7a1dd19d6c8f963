-- Drives Neovim as a person would, and writes down what it saw.
local server, file, out = vim.env.FLEETC, vim.env.FLEET_FILE, vim.env.FLEET_OUT
local seen = {}
local function note(name, value) seen[name] = value end
local function finish()
  local handle = io.open(out, "w")
  handle:write(vim.fn.json_encode(seen))
  handle:close()
  vim.cmd("qa!")
end
local ok, problem = pcall(function()
  vim.cmd("edit " .. file)
  local client = vim.lsp.start_client({ cmd = { server, "lsp" }, root_dir = vim.fn.fnamemodify(file, ":h"), name = "fleetc" })
  assert(vim.wait(20000, function() local it = vim.lsp.get_client_by_id(client); return it and it.initialized end), "never ready")
  vim.lsp.buf_attach_client(0, client)
  local function ask(method, params)
    local answer = vim.lsp.buf_request_sync(0, method, params, 20000)
    assert(answer and answer[client], method .. " is not answered")
    assert(not answer[client].err, vim.inspect(answer[client].err))
    return answer[client].result
  end
  -- On `web` in `override web`.
  vim.api.nvim_win_set_cursor(0, { 4, 12 })
  local at = vim.lsp.util.make_position_params()
  note("hover", ask("textDocument/hover", at).contents.value)
  note("definition", ask("textDocument/definition", at).range.start.line)
  note("references", #ask("textDocument/references", vim.tbl_extend("force", at, { context = { includeDeclaration = true } })))
  -- A misspelling, and its fix.
  vim.api.nvim_buf_set_lines(0, 2, 3, false, { "  use adons" })
  assert(vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end), "no diagnostics")
  note("diagnostic", vim.diagnostic.get(0)[1].message)
  local range = vim.lsp.util.make_given_range_params({ 3, 6 }, { 3, 8 })
  range.context = { diagnostics = {} }
  local action = ask("textDocument/codeAction", range)[1]
  vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
  note("fixed", vim.api.nvim_buf_get_lines(0, 2, 3, false)[1])
  assert(vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end), "diagnostics stay")
  -- Layout and another name.
  vim.api.nvim_buf_set_lines(0, 2, 3, false, { "      use    addons" })
  vim.lsp.buf.formatting_sync({}, 20000)
  note("formatted", vim.api.nvim_buf_get_lines(0, 2, 3, false)[1])
  local edit = ask("textDocument/rename", vim.tbl_extend("force", at, { newName = "site" }))
  vim.lsp.util.apply_workspace_edit(edit, "utf-16")
  note("renamed", vim.api.nvim_buf_get_lines(0, 3, 4, false)[1])
  vim.api.nvim_buf_set_lines(0, 2, 3, false, { "  use addons", "  drop addons." })
  -- Behind the dot, where no cursor stands outside of insert mode.
  at.position = { line = 3, character = 14 }
  local items = ask("textDocument/completion", at)
  note("completed", items[1].label)
  local symbols = ask("textDocument/documentSymbol", { textDocument = vim.lsp.util.make_text_document_params() })
  note("symbol", symbols[1].name)
end)
if not ok then note("problem", problem) end
finish()
