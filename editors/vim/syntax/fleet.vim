" The fleet language.
if exists("b:current_syntax")
  finish
endif
syntax iskeyword @,48-57,_,-
syntax keyword fleetDeclaration fleet catalogue application group cluster tenant repository baseline namespace kustomize nextgroup=fleetName skipwhite
syntax keyword fleetDeclaration addon source manifest external rule override inventory type let fn nextgroup=fleetName skipwhite
syntax keyword fleetDeclaration check moved import
syntax keyword fleetModifier optional final
syntax keyword fleetStatement use drop attach detach unset rings patch
syntax keyword fleetSource helm oci git bucket
syntax keyword fleetClause when where from in as
syntax keyword fleetControl if then else match for and or not
syntax keyword fleetConstant true false null
syntax match fleetName "\<[A-Za-z_][A-Za-z0-9_-]*\>" contained
syntax match fleetKey "\<[A-Za-z_][A-Za-z0-9_-]*\>\ze\%(\.[A-Za-z0-9_.\"/-]*\)\=\s*\%(=[=>]\@!\|+=\|:\)"
syntax match fleetType "\<[A-Z][A-Za-z0-9_]*\>"
syntax match fleetNumber "\<[0-9][0-9_]*\%(\.[0-9_]\+\)\=\>"
syntax match fleetComment "//.*$" contains=@Spell
syntax match fleetDoc "///.*$" contains=@Spell
syntax region fleetString start=+"+ skip=+\\\\\|\\"+ end=+"+ oneline contains=fleetInterpolation,fleetEscape
syntax region fleetString start=+"""+ end=+"""+ contains=fleetInterpolation,fleetEscape
syntax region fleetString start=+#"+ end=+"#+ oneline
syntax match fleetEscape +\\[ntr"\\]\|\\u{[0-9A-Fa-f]\{1,6}}+ contained
syntax region fleetInterpolation matchgroup=fleetDelimiter start=+\\(+ end=+)+ contained contains=TOP
highlight default link fleetDeclaration Keyword
highlight default link fleetModifier StorageClass
highlight default link fleetStatement Statement
highlight default link fleetSource Type
highlight default link fleetClause Keyword
highlight default link fleetControl Conditional
highlight default link fleetConstant Constant
highlight default link fleetName Identifier
highlight default link fleetKey Identifier
highlight default link fleetType Type
highlight default link fleetNumber Number
highlight default link fleetComment Comment
highlight default link fleetDoc SpecialComment
highlight default link fleetString String
highlight default link fleetEscape SpecialChar
highlight default link fleetDelimiter Delimiter
let b:current_syntax = "fleet"
