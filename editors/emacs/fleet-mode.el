;;; fleet-mode.el --- The fleet language  -*- lexical-binding: t -*-
;; Package-Requires: ((emacs "26.1"))
;;; Commentary:
;; Colours and indentation for .fleet files, and `fleetc lsp' for eglot.
;;; Code:

(defconst fleet-declarations
  '("fleet" "catalogue" "application" "group" "cluster" "tenant" "repository" "baseline" "namespace" "kustomize"
    "addon" "source" "manifest" "external" "rule" "override" "inventory" "type" "let" "fn" "check" "moved" "import"
    "optional" "final")
  "Words that declare something.")

(defconst fleet-words
  '("use" "drop" "attach" "detach" "unset" "rings" "patch" "helm" "oci" "git" "bucket" "when" "where" "from" "in" "as"
    "if" "then" "else" "match" "for" "and" "or" "not")
  "Statements, clauses and operators.")

(defconst fleet-constants
  '("true" "false" "null")
  "Values that are words.")

(defvar fleet-font-lock
  `((,(concat (regexp-opt fleet-declarations 'symbols) "[ \t]+\\([A-Za-z_][A-Za-z0-9_-]*\\)")
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    (,(regexp-opt fleet-declarations 'symbols) . font-lock-keyword-face)
    (,(regexp-opt fleet-words 'symbols) . font-lock-keyword-face)
    (,(regexp-opt fleet-constants 'symbols) . font-lock-constant-face)
    ("\\_<[A-Z][A-Za-z0-9_]*\\_>" . font-lock-type-face)
    ("\\_<\\([A-Za-z_][A-Za-z0-9_-]*\\)[ \t]*\\(?:=[^=>]\\|\\+=\\|:\\)" (1 font-lock-variable-name-face)))
  "What is coloured how.")

(defvar fleet-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    table)
  "Comments, strings and names.")

(defun fleet-indent-line ()
  "Indent by two columns for each open bracket."
  (interactive)
  (let* ((depth (save-excursion
                  (back-to-indentation)
                  (let ((depth (car (syntax-ppss))))
                    (if (looking-at-p "[]})]") (1- depth) depth))))
         (column (- (current-column) (current-indentation))))
    (indent-line-to (* 2 (max 0 depth)))
    (when (> column 0) (forward-char column))))

;;;###autoload
(define-derived-mode fleet-mode prog-mode "Fleet"
  "Major mode for the fleet language."
  :syntax-table fleet-syntax-table
  (setq-local font-lock-defaults '(fleet-font-lock))
  (setq-local comment-start "// ")
  (setq-local indent-line-function #'fleet-indent-line)
  (setq-local indent-tabs-mode nil))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.fleet\\'" . fleet-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(fleet-mode . ("fleetc" "lsp"))))

(provide 'fleet-mode)
;;; fleet-mode.el ends here
