#!/usr/bin/env python3
"""Sources that nobody writes by hand, some 700 of them: each a function that makes a project of n times the same thing.
The same n makes the same bytes. `grow.py --all` measures them."""
import os

CASES = {}
KB, MB = 1000, 1000_000
BIG = (100*KB, 1*MB, 10*MB)


def case(sizes=BIG, ns=None, cmds=("check", "build", "fmt"), group=""):
    """sizes: bytes aimed at; or ns: explicit n."""
    def wrap(f):
        f.sizes, f.ns, f.cmds, f.group = sizes, ns, cmds, group
        CASES[f.__name__] = f
        return f
    return wrap


HEAD = 'fleet acme { facts { environment: "test" | "production" = "test", zones: Int = 3 } }\n'
SRC = '  source charts = helm "https://charts.example.com"\n'
ONE = 'cluster one { use c }\n'


def addon(body="", name="web"):
    return f'  addon {name} {{\n    source = charts\n    version = "1.0.0"\n{body}  }}\n'


def cat(*addons):
    return "catalogue c {\n" + SRC + "".join(addons) + "}\n"


def P(text, **files):
    """A project: its text, and files of data (x_yaml -> x.yaml)."""
    out = {"fleet.fleet": text}
    for k, v in files.items():
        out[k.replace("__", "/").replace("_", ".")] = v
    return out


def values(body):
    return P(HEAD + cat(addon("    values {\n" + body + "    }\n")) + ONE)


def value(expr, pre=""):
    return P(HEAD + pre + cat(addon(f"    values.x = {expr}\n")) + ONE)


def over(base, body):
    return P(HEAD + cat(addon("    values {\n" + base + "    }\n")) +
             "cluster one {\n  use c\n  override web {\n    values {\n" + body + "    }\n  }\n}\n")


def L(n, f):
    return "".join(f(i) for i in range(n))


# ------------------------------------------------------------------ names that nobody has

@case(group="names")
def near_keys(n):
    """n new keys over n keys, of equal length, a few letters apart from none"""
    return over(L(n, lambda i: f"      alpha-{i:06d} = 1\n"), L(n, lambda i: f"      {i:06d}-omega = 1\n".replace(f"{i:06d}-", f"k{i:06d}-")))

@case(group="names")
def near_keys_close(n):
    """n new keys each of which is close to one there: n warnings"""
    return over(L(n, lambda i: f"      alpha-{i:06d} = 1\n"), L(n, lambda i: f"      alphb-{i:06d} = 1\n"))

@case(group="names")
def near_keys_twolong(n):
    """one new key of n bytes over one key of n bytes"""
    return over(f'      "{"a"*n}" = 1\n', f'      "{"b"*n}" = 1\n')

def ref(decls, uses):
    return P(HEAD + decls + uses)

@case(group="names")
def unknown_catalogue(n):
    return P(HEAD + L(n, lambda i: f"catalogue known-{i:06d} {{ }}\n") + "cluster one {\n" + L(n, lambda i: f"  use other{i:06d}\n") + "}\n")

@case(group="names")
def unknown_item(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) +
             "cluster one {\n  use c\n" + L(n, lambda i: f"  use c.other{i:06d}\n") + "}\n")

@case(group="names")
def unknown_override(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) +
             "cluster one {\n  use c\n" + L(n, lambda i: f"  override other{i:06d} {{ version = \"2.0.0\" }}\n") + "}\n")

@case(group="names")
def unknown_override_top(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) +
             ONE + L(n, lambda i: f"override other{i:06d} {{ version = \"2.0.0\" }}\n"))

@case(group="names")
def unknown_cluster(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"cluster known-{i:06d} {{ use c }}\n") +
             L(n, lambda i: f"override cluster other{i:06d} {{ zones = 1 }}\n"))

@case(group="names")
def unknown_requires(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0", requires = [other{i:06d}] }}\n' for i in range(n)]) + ONE)

@case(group="names")
def unknown_after(n):
    return P(HEAD + L(n, lambda i: f"catalogue known-{i:06d} {{ after = [other{i:06d}] }}\n") + "cluster one { }\n")

@case(group="names")
def unknown_source(n):
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f'  source known-{i:06d} = helm "https://x.example.com/{i}"\n') +
             L(n, lambda i: f'  addon a{i} {{ source = other{i:06d}, version = "1.0.0" }}\n') + "}\n" + ONE)

@case(group="names")
def unknown_fact(n):
    return P("fleet acme { facts {\n" + L(n, lambda i: f"  known-{i:06d}: Int = 1\n") + "} }\n" +
             cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = cluster.other{i:06d}\n") + "    }\n")) + ONE)

@case(group="names")
def unknown_fact_set(n):
    return P("fleet acme { facts {\n" + L(n, lambda i: f"  known-{i:06d}: Int = 1\n") + "} }\n" +
             cat(addon()) + "cluster one {\n  use c\n" + L(n, lambda i: f"  other{i:06d} = 1\n") + "}\n")

@case(group="names")
def unknown_param(n):
    return P(HEAD + cat(addon("    params {\n" + L(n, lambda i: f"      known-{i:06d}: Int = 1\n") + "    }\n    values {\n" +
             L(n, lambda i: f"      k{i} = params.other{i:06d}\n") + "    }\n")) + ONE)

@case(group="names")
def unknown_param_set(n):
    return P(HEAD + cat(addon("    params {\n" + L(n, lambda i: f"      known-{i:06d}: Int = 1\n") + "    }\n")) +
             "cluster one {\n  use c\n  override web { params {\n" + L(n, lambda i: f"    other{i:06d} = 2\n") + "  } }\n}\n")

@case(group="names")
def unknown_function(n):
    return P(HEAD + L(n, lambda i: f"fn known-{i:06d}(x: Int): Int = x\n") + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = other{i:06d}(1)\n") + "    }\n")) + ONE)

@case(group="names")
def unknown_variable(n):
    return P(HEAD + L(n, lambda i: f"let known-{i:06d} = 1\n") + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = other{i:06d}\n") + "    }\n")) + ONE)

@case(group="names")
def unknown_type(n):
    return P(HEAD + L(n, lambda i: f"type Known{i:06d} = Int\n") + L(n, lambda i: f"let l{i}: Other{i:06d} = 1\n") + "cluster one { }\n")

@case(group="names")
def unknown_field(n):
    """a closed record of n fields, given n others"""
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  known-{i:06d}: Int?\n") + "}\nlet x: T = {\n" + L(n, lambda i: f"  other{i:06d} = 1\n") + "}\ncluster one { }\n")

@case(group="names")
def unknown_field_read(n):
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  known-{i:06d}: Int?\n") + "}\nlet x: T = { }\n" + L(n, lambda i: f"let l{i} = x.other{i:06d}\n") + "cluster one { }\n")

@case(group="names")
def unknown_tenant(n):
    return P(HEAD + L(n, lambda i: f"tenant known-{i:06d} {{ }}\n") + "cluster one {\n" + L(n, lambda i: f"  attach other{i:06d}\n") + "}\n")

@case(group="names")
def unknown_repository(n):
    return P(HEAD + L(n, lambda i: f'repository known-{i:06d} {{ url = "https://x.example.com/{i}" }}\n') + L(n, lambda i: f"tenant t{i} {{ repositories = [other{i:06d}] }}\n") + "cluster one { }\n")

@case(group="names")
def unknown_baseline(n):
    return P(HEAD + L(n, lambda i: f'baseline known-{i:06d} {{ kubernetes = "1.34" }}\n') + L(n, lambda i: f"cluster c{i} {{ baseline = other{i:06d} }}\n"))

@case(group="names")
def unknown_layer(n):
    return P("fleet acme {\n  layers = [" + ", ".join(f"known-{i:06d}" for i in range(n)) + "]\n}\n" + cat(addon()) + ONE + L(n, lambda i: f"rule r{i} in other{i:06d} {{ use c }}\n"))

@case(group="names")
def unknown_definition(n):
    return P(HEAD + L(n, lambda i: f"addon known-{i:06d} {{ }}\n") + "catalogue c {\n" + L(n, lambda i: f'  addon a{i} from other{i:06d} {{ version = "1.0.0" }}\n') + "}\n" + ONE)

@case(group="names")
def unknown_import(n):
    return P("import std.addons.{ " + ", ".join(f"other{i:06d}" for i in range(n)) + " }\n" + HEAD + "cluster one { }\n")

@case(group="names")
def unknown_moved(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + ONE + L(n, lambda i: f"moved {{ from = c.gone{i:06d}, to = c.other{i:06d} }}\n"))

@case(group="names")
def unknown_group_inventory(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"group known-{i:06d} {{ }}\n") +
             'inventory inv from csv("x.csv") as row {\n  name = row.name\n  group = row.group\n  use c\n}\n', x_csv="name,group\n" + L(n, lambda i: f"c{i},other{i:06d}\n"))

@case(group="names")
def unknown_row_column(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n' + L(n, lambda i: f"  override web {{ values.k{i} = row.other{i:06d} }}\n") + "}\n",
             x_csv="name," + ",".join(f"known{i:06d}" for i in range(n)) + "\none," + ",".join("1" for i in range(n)) + "\n")

@case(group="names")
def unknown_secret(n):
    return P(HEAD + L(n, lambda i: f"external Secret known-{i:06d} {{ keys = [\"k\"] }}\n") + "catalogue c {\n" + L(n, lambda i: f'  source s{i} = helm "https://x.example.com/{i}" {{ auth = secret("other{i:06d}") }}\n  addon a{i} {{ source = s{i}, version = "1.0.0" }}\n') + "}\n" + ONE)

@case(group="names")
def unknown_release_field(n):
    return P(HEAD + cat(addon("    release {\n" + L(n, lambda i: f"      other{i:06d} = 1\n") + "    }\n")) + ONE)

@case(group="names")
def unknown_twolong(n):
    """one unknown variable of n bytes beside a `let` of n bytes"""
    return P(HEAD + f"let {'a'*n} = 1\nlet x = {'b'*n}\ncluster one {{ }}\n")

@case(group="names")
def unknown_member_of_addons(n):
    return P(HEAD + cat(*[f'  addon known-{i:06d} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + ONE +
             'check "x" {\n' + L(n, lambda i: f"  cluster.addons.other{i:06d}.values.x == 1\n") + "}\n")

@case(group="names")
def unknown_patch_object(n):
    """hand-written kustomize directory of n objects, n patches of others"""
    return P(HEAD + 'catalogue c {\n  kustomize k { path = "deploy" }\n}\ncluster one {\n  use c\n  override k {\n' +
             L(n, lambda i: f"    patch ConfigMap other{i:06d} in d {{ data.x = \"1\" }}\n") + "  }\n}\n",
             deploy__kustomization_yaml="resources: [x.yaml]\n",
             deploy__x_yaml="---\n".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: known{i:06d}, namespace: d}}\n" for i in range(n)))

@case(group="names")
def literal_twolong(n):
    return P(HEAD + f'type T = "x" | "{"a"*n}"\nlet x: T = "{"b"*n}"\ncluster one {{ }}\n')

@case(group="names")
def bad_word_long(n):
    """one unreadable word of n bytes at the top level"""
    return P(HEAD + "a" * n + " x\n")

@case(group="names")
def bad_member_word_long(n):
    """one unreadable word of n bytes in a block"""
    return P(HEAD + "cluster one {\n  " + "a" * n + " x\n}\n")

# ------------------------------------------------------------------ types, unions, match

def lits(n, p="v"):
    return " | ".join(f'"{p}{i:06d}"' for i in range(n))

@case(group="types")
def union_decl(n):
    return P(HEAD + f"type U = {lits(n)}\ncluster one {{ }}\n")

@case(group="types")
def union_lines(n):
    return P(HEAD + "type U =\n    " + " |\n    ".join(f'"v{i:06d}"' for i in range(n)) + "\nlet x: U = \"v000001\"\ncluster one { }\n")

@case(group="types")
def union_match(n):
    return P(HEAD + f"type U = {lits(n)}\nfn f(u: U): Int = match u {{\n" + L(n, lambda i: f'  "v{i:06d}" => {i}\n') + "}\n" + cat(addon(f'    values.x = f("v{n-1:06d}")\n')) + ONE)

@case(group="types")
def union_match_missing(n):
    """union of n, match with half of the arms"""
    return P(HEAD + f"type U = {lits(n)}\nfn f(u: U): Int = match u {{\n" + L(n//2, lambda i: f'  "v{i*2:06d}" => {i}\n') + "}\n" + cat(addon(f'    values.x = f("v000000")\n')) + ONE)

@case(group="types")
def union_values_good(n):
    """n values of a union of n"""
    return P(HEAD + f"type U = {lits(n)}\nlet x: [U] = [" + ", ".join(f'"v{i:06d}"' for i in range(n)) + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(group="types")
def union_values_bad(n):
    return P(HEAD + f"type U = {lits(n)}\nlet x: [U] = [" + ", ".join(f'"other{i:06d}"' for i in range(n)) + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(group="types")
def union_lets_bad(n):
    return P(HEAD + f"type U = {lits(n)}\n" + L(n, lambda i: f'let l{i}: U = "other{i:06d}"\n') + "cluster one { }\n")

@case(group="types")
def union_fact_data_bad(n):
    """inventory: n rows whose cell is not in a union of n"""
    return P(f"fleet acme {{ facts {{ u: {lits(n)} }} }}\n" + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  u = row.u\n  use c\n}\n',
             x_csv="name,u\n" + L(n, lambda i: f"c{i},other{i:06d}\n"))

@case(group="types")
def union_fits_union(n):
    """a union of n goes where another of n is asked for"""
    return P(HEAD + f"type U = {lits(n)}\ntype V = {' | '.join(chr(34)+f'v{i:06d}'+chr(34) for i in reversed(range(n)))}\nfn f(u: U): V = u\n" + cat(addon(f'    values.x = f("v000000")\n')) + ONE)

@case(group="types")
def list_distinct(n):
    """a list of n different texts: its type is a union"""
    return value("[" + ", ".join(f'"v{i:06d}"' for i in range(n)) + "]")

@case(group="types")
def list_objects_distinct(n):
    return value("[" + ", ".join(f'{{ k{i} = {i} }}' for i in range(n)) + "]")

@case(group="types")
def list_objects_alike(n):
    return value("[" + ", ".join(f'{{ name = "n{i}", port = {i} }}' for i in range(n)) + "]")

@case(group="types")
def list_ints(n):
    return value("[" + ", ".join(str(i) for i in range(n)) + "]")

@case(group="types")
def match_arms(n):
    return value("match cluster.zones {\n" + L(n, lambda i: f"      {i+10} => {i}\n") + "      _ => 0\n    }")

@case(group="types")
def match_text_arms_lists(n):
    """arms of different record types"""
    return value("match cluster.name {\n" + L(n, lambda i: f'      "c{i}" => {{ k{i} = {i} }}\n') + "      _ => { }\n    }")

@case(group="types")
def match_or_patterns(n):
    return value("match cluster.zones {\n      " + " | ".join(str(i+10) for i in range(n)) + " => 1\n      _ => 0\n    }")

@case(group="types")
def match_in_loop(n):
    """match of n arms for each of n elements"""
    return value(f"[for x in range(0, {n}) => match x {{\n" + L(n, lambda i: f"      {i} => {i}\n") + "      _ => 0\n    }]")

@case(group="types")
def type_fields(n):
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  field{i:06d}: Int = {i}\n") + "}\n" + cat(addon("    values: T { }\n")) + ONE)

@case(group="types")
def type_fields_set(n):
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  field{i:06d}: Int\n") + "}\n" + cat(addon("    values: T {\n" + L(n, lambda i: f"      field{i:06d} = {i}\n") + "    }\n")) + ONE)

@case(group="types")
def type_fields_where(n):
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  field{i:06d}: Int where it >= field000000\n") + "}\n" + cat(addon("    values: T {\n" + L(n, lambda i: f"      field{i:06d} = {i}\n") + "    }\n")) + ONE)

@case(group="types")
def type_fields_open(n):
    return P(HEAD + "type T {\n" + L(n, lambda i: f"  field{i:06d}: Int?\n") + "  ...\n}\n" + cat(addon("    values: T {\n" + L(n, lambda i: f"      fjeld{i:06d} = {i}\n") + "    }\n")) + ONE)

@case(group="types")
def type_alias_chain(n):
    return P(HEAD + "type T0 = Int\n" + L(n, lambda i: f"type T{i+1} = T{i}\n") + f"let x: T{n} = 1\ncluster one {{ }}\n")

@case(group="types")
def type_where_chain(n):
    return P(HEAD + "type T0 = Int\n" + L(n, lambda i: f"type T{i+1} = T{i} where it >= {i%3}\n") + f"let x: T{n} = 5\ncluster one {{ }}\n")

@case(group="types")
def type_record_chain(n):
    return P(HEAD + "type T0 { x: Int = 1 }\n" + L(n, lambda i: f"type T{i+1} {{ a: T{i} }}\n") + f"let x: T{n}? = null\ncluster one {{ }}\n")

@case(group="types")
def type_where_many(n):
    """one type with n `where`"""
    return P(HEAD + "type T = Int" + L(n, lambda i: f"\n  where it >= {i%7}").replace("\n  where", " where") + "\nlet x: T = 9\ncluster one { }\n")

@case(group="types")
def type_circle(n):
    return P(HEAD + L(n, lambda i: f"type T{i} {{ a: T{(i+1)%n}? }}\n") + "cluster one { }\n")

@case(ns=(16, 18, 20, 22, 24, 40), group="types")
def type_doubling_defaults(n):
    """n records, each with two of the one before, all with defaults"""
    return P(HEAD + "type T0 { x: Int = 1 }\n" + L(n, lambda i: f"type T{i+1} {{ a: T{i} = {{ }}, b: T{i} = {{ }} }}\n") + cat(addon(f"    values: T{n} {{ }}\n")) + ONE)

@case(ns=(16, 18, 20, 22, 24, 40), group="types")
def type_doubling_plain(n):
    """the same without defaults: the type alone"""
    return P(HEAD + "type T0 { x: Int = 1 }\n" + L(n, lambda i: f"type T{i+1} {{ a: T{i}, b: T{i} }}\n") + cat(addon(f"    values: T{n} {{ }}\n")) + ONE)

@case(ns=(16, 20, 22, 24, 40), group="types")
def type_doubling_let(n):
    return P(HEAD + "type T0 { x: Int? }\n" + L(n, lambda i: f"type T{i+1} {{ a: T{i}?, b: T{i}? }}\n") + f"let x: T{n} = {{ }}\nlet y: T{n} = {{ z = 1 }}\n" + cat(addon(f"    values: T{n} {{ }}\n")) + ONE)

@case(ns=(16, 20, 22, 24, 40), group="types")
def type_doubling_union(n):
    return P(HEAD + 'type T0 = "a"\n' + L(n, lambda i: f"type T{i+1} = [T{i}] | {{String: T{i}}}\n") + f"let x: T{n} = []\nlet y: T{n} = 5\ncluster one {{ }}\n")

@case(ns=(16, 20, 22, 24, 40), group="types")
def type_doubling_compare(n):
    """two structurally equal types held against each other"""
    return P(HEAD + "type A0 { x: Int? }\ntype B0 { x: Int? }\n" + L(n, lambda i: f"type A{i+1} {{ a: A{i}?, b: A{i}? }}\ntype B{i+1} {{ a: B{i}?, b: B{i}? }}\n") +
             f"fn f(a: A{n}): B{n} = a\nlet x = f({{ }})\ncluster one {{ }}\n")

@case(ns=(10, 16, 18, 20, 22, 24, 40), group="types")
def infer_doubling_record(n):
    """the inferred type of `{ x = a, y = a }`, n levels: no type written anywhere"""
    return P(HEAD + "let a0 = { v = 1 }\n" + L(n, lambda i: f"let a{i+1} = {{ x = a{i}, y = a{i} }}\n") + "cluster one { }\n")

@case(ns=(10, 16, 20, 24, 40), group="types")
def infer_doubling_bad(n):
    return P(HEAD + "let a0 = { v = 1 }\n" + L(n, lambda i: f"let a{i+1} = {{ x = a{i}, y = a{i} }}\n") + f"let z: Int = a{n}\ncluster one {{ }}\n")

@case(ns=(10, 16, 20, 24, 40), group="types")
def union_accepts_exponential(n):
    """unions of records nested: each level is tried for each member"""
    return P(HEAD + "type T0 = { v: Int } | { w: Int }\n".replace("{ v: Int } | { w: Int }", "Int | String") +
             L(n, lambda i: f"type A{i+1} {{ x: T{i} }}\ntype B{i+1} {{ x: T{i}, y: Int? }}\ntype T{i+1} = A{i+1} | B{i+1}\n") +
             f"let x: T{n} = " + "{ x = " * n + "true" + " }" * n + "\n" + cat(addon("    values.x = x\n")) + ONE)

# ------------------------------------------------------------------ nesting

NEST = (20, 30, 45, 60, 90)

def rep(unit, target=100*KB):
    return max(1, target // max(1, len(unit)))

@case(ns=NEST, group="nest")
def nest_objects(n):
    u = "{ a = " * n + "1" + " }" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=NEST, group="nest")
def nest_objects_one(n):
    return values("      k = " + "{ a = " * n + "1" + " }" * n + "\n")

@case(ns=NEST, group="nest")
def nest_blocks(n):
    u = "{ a " * n + "{ b = 1 }" + " }" * n
    return values(L(rep(u), lambda i: f"      k{i} {u}\n"))

@case(ns=NEST, group="nest")
def nest_blocks_override(n):
    u = "{ a " * n + "{ b = 1 }" + " }" * n
    v = "{ a " * n + "{ b = 2 }" + " }" * n
    r = rep(u + v)
    return over(L(r, lambda i: f"      k{i} {u}\n"), L(r, lambda i: f"      k{i} {v}\n"))

@case(ns=NEST, group="nest")
def nest_objects_override(n):
    u = "{ a = " * n + "1" + " }" * n
    v = "{ a = " * n + "2" + " }" * n
    r = rep(u + v)
    return over(L(r, lambda i: f"      k{i} = {u}\n"), L(r, lambda i: f"      k{i} = {v}\n"))

@case(ns=NEST, group="nest")
def nest_lists(n):
    u = "[" * n + "1" + "]" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=NEST, group="nest")
def nest_parens(n):
    u = "(" * n + "1" + ")" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=NEST, group="nest")
def nest_calls(n):
    u = "abs(" * n + "1" + ")" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=NEST, group="nest")
def nest_merge_calls(n):
    u = "merge({ a = 1 }, " * n + "{ b = 1 }" + ")" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=(20, 60, 90, 150, 190), group="nest")
def nest_if_else(n):
    u = "if cluster.zones == 1 then 1 else " * n + "2"
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=(10, 20, 30, 45, 90), group="nest")
def nest_if_cond(n):
    u = "if " * n + "true" + " then true else false" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=(5, 10, 20, 30, 45), group="nest")
def nest_interpolation(n):
    u = '"a\\(' * n + "1" + ')"' * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=(3, 4, 5, 6), group="nest")
def nest_for(n):
    u = "".join(f"[for x{i} in range(0, 20) => " for i in range(n)) + "x0" + "]" * n
    return values(f"      k = {u}\n")

@case(ns=(3, 4, 5, 6), group="nest")
def nest_for_map(n):
    u = "".join(f'{{for x{i} in range(0, 20) => "k\\(x{i})" = ' for i in range(n)) + "x0" + "}" * n
    return values(f"      k = {u}\n")

@case(ns=(10, 20, 30, 45), group="nest")
def nest_match(n):
    u = "match cluster.zones { 3 => " * n + "1" + ", _ => 0 }" * n
    return values(L(rep(u), lambda i: f"      k{i} = {u}\n"))

@case(ns=NEST, group="nest")
def nest_types(n):
    return P(HEAD + L(100*KB // (2*n+20) + 1, lambda i: f"type T{i} = {'['*n}Int{']'*n}\n") + "cluster one { }\n")

@case(ns=(45,), group="nest")
def nest_map_types(n):
    return P(HEAD + L(100*KB // (10*n+20) + 1, lambda i: f"type T{i} = {'{String: '*n}Int{'}'*n}\n") + "cluster one { }\n")

@case(sizes=(1*KB, 100*KB, 1*MB, 10*MB), group="nest")
def path_dotted(n):
    return values("      " + ".".join("a" for _ in range(n)) + " = 1\n")

@case(ns=(100,), group="nest")
def path_dotted_100(n):
    u = ".".join("a" for _ in range(n - 4))
    return values(L(500, lambda i: f"      k{i}.{u} = 1\n"))

@case(ns=(20, 50, 90), group="nest")
def path_dotted_nested(n):
    """paths of n names in blocks n deep: a value n*n deep"""
    p = ".".join("a" for _ in range(96))
    return values("      " + (p + " { ") * n + "b = 1" + " }" * n + "\n")

@case(ns=(20, 50, 90), group="nest")
def path_dotted_nested_objects(n):
    p = ".".join("a" for _ in range(96))
    return values("      " + (p + " = { ") * n + "b = 1" + " }" * n + "\n")

@case(ns=(20, 50, 90), group="nest")
def path_dotted_nested_let(n):
    """lets that each put 96 levels around the one before, n of them"""
    p = ".".join("a" for _ in range(96))
    return P(HEAD + "let a0 = 1\n" + L(n*10, lambda i: f"let a{i+1} = {{ {p} = a{i} }}\n") + cat(addon(f"    values.x = a{n*10}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def let_list_wrap(n):
    """let a1 = [a0] …: a value n deep"""
    return P(HEAD + "let a0 = 1\n" + L(n, lambda i: f"let a{i+1} = [a{i}]\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def let_chain(n):
    return P(HEAD + "let a0 = 1\n" + L(n, lambda i: f"let a{i+1} = a{i}\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def let_chain_reversed(n):
    return P(HEAD + L(n, lambda i: f"let a{i} = a{i+1}\n") + f"let a{n} = 1\n" + cat(addon(f"    values.x = a0\n")) + ONE)

@case(ns=(150, 500, 5000, 20000), group="nest")
def fn_chain(n):
    return P(HEAD + "fn f0(x: Int): Int = x\n" + L(n, lambda i: f"fn f{i+1}(x: Int): Int = f{i}(x)\n") + cat(addon(f"    values.x = f{n}(1)\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def fact_chain(n):
    return P("fleet acme { facts {\n  f0: Int = 1\n" + L(n, lambda i: f"  f{i+1}: Int = cluster.f{i}\n") + "} }\n" + cat(addon(f"    values.x = cluster.f{n}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def fact_chain_cluster(n):
    return P("fleet acme { facts {\n  f0: Int = 1\n" + L(n, lambda i: f"  f{i+1}: Int\n") + "} }\n" + cat(addon(f"    values.x = cluster.f{n}\n")) + "cluster one {\n  use c\n" + L(n, lambda i: f"  f{i+1} = cluster.f{i}\n") + "}\n")

@case(ns=(500, 5000, 20000), group="nest")
def param_chain(n):
    return P(HEAD + cat(addon("    params {\n      p0: Int = 1\n" + L(n, lambda i: f"      p{i+1}: Int = params.p{i}\n") + f"    }}\n    values.x = params.p{n}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def block_let_chain(n):
    return P(HEAD + cat(addon("    values {\n      let a0 = 1\n" + L(n, lambda i: f"      let a{i+1} = a{i}\n") + f"      x = a{n}\n    }}\n")) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def definition_chain(n):
    return P(HEAD + 'addon d0 {\n  source charts = helm "https://charts.example.com"\n  source = charts\n  version = "1.0.0"\n}\n' + L(n, lambda i: f"addon d{i+1} from d{i} {{ values.k{i} = 1 }}\n") + f"catalogue c {{ addon web from d{n} {{ }} }}\n" + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def baseline_chain(n):
    return P(HEAD + 'baseline d0 { kubernetes = "1.34" }\n' + L(n, lambda i: f"baseline d{i+1} from d{i} {{ }}\n") + f"cluster one {{ baseline = d{n} }}\n")

@case(ns=(500, 5000, 20000), group="nest")
def after_chain(n):
    return P(HEAD + f'source charts = helm "https://charts.example.com"\n' + L(n, lambda i: f"catalogue c{i} {{\n" + (f"  after = [c{i-1}]\n" if i else "") + f'  addon a{i} {{ source = charts, version = "1.0.0" }}\n}}\n') +
             "cluster one { use " + ", ".join(f"c{i}" for i in range(n)) + " }\n")

@case(ns=(500, 5000, 20000), group="nest")
def requires_chain(n):
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0"' + (f", requires = [a{i-1}]" if i else "") + " }\n" for i in range(n)]) + ONE)

@case(ns=(500, 5000, 20000), group="nest")
def requires_circle(n):
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", requires = [a{(i-1)%n}] }}\n' for i in range(n)]) + ONE)

@case(ns=(500, 5000), group="nest")
def fn_circle(n):
    return P(HEAD + L(n, lambda i: f"fn f{i}(x: Int): Int = f{(i+1)%n}(x)\n") + cat(addon(f"    values.x = f0(1)\n")) + ONE)

@case(ns=(500, 5000), group="nest")
def let_circle(n):
    return P(HEAD + L(n, lambda i: f"let a{i} = a{(i+1)%n}\n") + cat(addon(f"    values.x = a0\n")) + ONE)

@case(ns=(500, 5000), group="nest")
def fact_circle(n):
    return P("fleet acme { facts {\n" + L(n, lambda i: f"  f{i}: Int = cluster.f{(i+1)%n}\n") + "} }\n" + cat(addon(f"    values.x = cluster.f0\n")) + ONE)

@case(group="nest", sizes=(1*KB, 10*KB, 100*KB, 1*MB, 10*MB))
def members_chain(n):
    """x.a.a.a… n times"""
    return value("cluster" + ".a" * n)

@case(group="nest", sizes=(10*KB, 100*KB, 1*MB, 10*MB))
def index_chain(n):
    return value("y" + "[0]" * n, "let y = []\n")

@case(group="nest", sizes=(10*KB, 100*KB, 1*MB, 10*MB))
def call_chain(n):
    return value("y" + "()" * n, "let y = []\n")

@case(group="nest", sizes=(10*KB, 100*KB, 1*MB, 10*MB))
def minus_chain(n):
    return value("-" * n + "1")

@case(group="nest", sizes=(10*KB, 100*KB, 1*MB, 10*MB))
def not_chain(n):
    return value("not " * n + "true")

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB, 10*MB))
def operator_chain(n):
    return value(" + ".join("1" for _ in range(n)))

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def if_chain_deep(n):
    """if … else if … n times: no brackets, so the scanner sees no nesting"""
    return value("if cluster.zones == 1 then 1 else " * n + "2")

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def if_cond_chain_deep(n):
    return value("if " * n + "true" + " then true else false" * n)

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def if_chain_deep_open(n):
    """the same, unfinished"""
    return value("if cluster.zones == 1 then 1 else " * n)

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def if_if_open(n):
    return value("if " * n)

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def question_chain(n):
    return P(HEAD + "type T = Int" + "? " * n + "\ncluster one { }\n")

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB, 10*MB))
def coalesce_chain(n):
    return value(" ?? ".join("cluster.zones" for _ in range(n)))

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB, 10*MB))
def operators_in_lists(n):
    """expressions of 190 operators each: under the limit"""
    u = " + ".join("1" for _ in range(190))
    return values(L(max(1, n), lambda i: f"      k{i} = {u}\n"))

@case(group="nest", sizes=(1*KB, 100*KB, 1*MB))
def selectors_on_segment(n):
    return over("      a = [{ n = 1 }]\n", "      a" + "[n = 1]" * n + ".x = 1\n")

# ------------------------------------------------------------------ parser: backtracking

@case(ns=(5, 10, 15, 18, 20, 22, 25, 30), group="parse")
def final_in_selectors(n):
    """`final` looks ahead at a segment whose selectors hold expressions: 2^n"""
    return values("      " + "final a[x = {" * n + "b = 1" + "}].c = 1 " * n + "\n")

@case(ns=(5, 10, 15, 18, 20, 22, 25, 30), group="parse")
def let_let_unreadable(n):
    """`let` is tried as a declaration and as a statement: 2^n where its value cannot be read"""
    return values("      " + "let a = ({\n" * n + "b = 1\n" + "} !)\n" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def bad_after_block(n):
    """blocks with rubbish behind them, nested"""
    return values("      " + "a {\n" * n + "b = 1\n" + "} x\n" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def for_unfinished(n):
    return values("      k = " + "[for x in " * n + "xs" + "]" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def mapfor_unfinished(n):
    return values("      k = " + "{for x in " * n + "xs" + "}" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def mapfor_body_unfinished(n):
    return values("      k = " + "{for x in xs => k = " * n + "1 ! " + "}" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def typed_unfinished(n):
    return values("      " + "a: {String: Int where (" * n + "1 !" + ")}" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def override_unfinished(n):
    return P(HEAD + "cluster one {\n" + "override a when ({\n" * n + "b = 1\n" + "} !) { }\n" * n + "}\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def spread_unfinished(n):
    return values("      " + "... ({\n" * n + "b = 1\n" + "} !)\n" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def entry_unfinished(n):
    return values("      " + "a = ({\n" * n + "b = 1\n" + "} !)\n" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def selector_unfinished(n):
    return values("      " + "a[b = {\n" * n + "b = 1\n" + "} !] = 1\n" * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def string_key_unfinished(n):
    return values("      " + '"\\({ ' * n + "b = 1 " + '}!)"' * n + "\n")

@case(ns=(5, 10, 20, 30, 40), group="parse")
def if_unfinished(n):
    return values("      k = " + "if (if true then {\n a = " * n + "1 " + "\n} ) \n" * n + "\n")

@case(ns=(5, 10, 15, 20, 25, 30, 40), group="parse")
def unset_when_unfinished(n):
    return values("      " + "unset a when ({\n" * n + "b = 1\n" + "} !)\n" * n + "\n")

@case(ns=(5, 10, 15, 20, 25, 30, 40), group="parse")
def use_block_unfinished(n):
    return P(HEAD + "cluster one {\n" + "use c { a = ({\n" * n + "b = 1\n" + "} !) }\n" * n + "}\n")

@case(ns=(5, 10, 15, 20, 25, 30, 40), group="parse")
def final_paren_unfinished(n):
    return values("      " + "final a = ({\n" * n + "b = 1\n" + "} !)\n" * n + "\n")

@case(ns=(5, 10, 15, 20, 25, 30, 40), group="parse")
def manifest_unfinished(n):
    return P(HEAD + "catalogue c {\n" + "manifest m = ({\n" * n + "b = 1\n" + "} !)\n" * n + "}\n")

@case(group="parse")
def bad_group_in_string(n):
    """`{` in an unclosed string behind what cannot be read: the scanner sees a string, the grammar groups"""
    return values('      a = y "' + "{" * n + "\n")

@case(group="parse")
def bad_group_in_string_top(n):
    return P(HEAD + 'let a = y "' + "{" * n + '"\ncluster one { }\n')

@case(group="parse")
def bad_group_in_comment(n):
    return values("      a = y z // " + "{" * n + "\n")

@case(group="parse")
def bad_group_in_raw(n):
    return values('      a = y #"' + "{" * n + '"#\n')

@case(group="parse")
def bad_group_in_triple(n):
    return values('      a = y """\n' + "{" * n + '\n"""\n')

@case(group="parse")
def paren_in_comment(n):
    return values("      a = [ // " + "(" * n + "\n      1]\n")

@case(group="parse")
def raw_strings_line(n):
    """one line of n raw strings"""
    return value("[" + ", ".join('#"a"#' for _ in range(n)) + "]")

@case(group="parse")
def raw_opens_line(n):
    return value('#"' * n)

@case(group="parse")
def hashes_line(n):
    return value('[' + '#"' + 'x' * n + '"#' + ']')

@case(group="parse")
def triple_quotes(n):
    return values('      a = """\n' + '" ' * n + '\n      """\n')

def raw_top(s):
    return P(HEAD + cat(addon()) + ONE + s + "\n")

def raw_in(s):
    return P(HEAD + cat(addon()) + "cluster one {\n  use c\n  x = " + s + "\n}\n")

def raw_lines(s):
    return P(HEAD + cat(addon()) + "cluster one {\n  use c\n" + s + "\n}\n")

REPEATS = {"paren": "(", "brace": "{", "bracket": "[", "quote": '"', "triple": '"""', "slashes": "//", "interp": "\\(", "qinterp": '"\\(', "closeparen": ")", "closebrace": "}",
           "closebracket": "]", "hash": "#", "rawquote": '#"', "backslash": "\\", "at": "@", "equals": "=", "dot": ".", "comma": ",", "minus": "-", "bang": "!", "pipe": "|", "question": "?",
           "colon": ":", "star": "*", "space": " ", "tab": "\t", "a": "a", "nine": "9", "a_space": "a ", "if_": "if ", "let_": "let ", "not_": "not ", "nul": "\0", "emoji": "\U0001F600", "nbsp": "\u00a0",
           "for_": "[for x in ", "obj": "{ a = ", "objn": "{\na = ", "call": "f(", "ternary": "a ? b : ", "arrow": "=> ", "dots": "... ", "final_": "final ", "use_": "use ", "match_": "match x { "}

def _mk(kind, name, s):
    def f(n):
        return {"top": raw_top, "in": raw_in}[kind](s * n)
    f.__name__ = f"rep_{kind}_{name}"
    f.__doc__ = f"{s!r} n times, " + ("at the top level" if kind == "top" else "as a value in a block")
    case(sizes=(100*KB, 1*MB), group="repeat", cmds=("check", "fmt"))(f)

for _name, _s in REPEATS.items():
    _mk("top", _name, _s)
    _mk("in", _name, _s)

LINES = {"word": "foo bar\n", "close": "}\n", "quote": 'x = "\n', "open": "a {\n", "bang": "!!!\n", "garbage": "@#$%^&*()\n", "clus": "clusster x { }\n", "paren": "a = (\n", "letbad": "let a = !\n",
         "unit": "a = 5m\n", "longmix": "a = if b { c } else { d }\n", "empty": "\n", "crlf": "a = 1 b\r\n", "comment": "// comment\n", "doc": "/// doc\n", "bad_block": "a b { c = 1 }\n", "let_late": "let a = 1\n",
         "cluster": "cluster x {\n", "interp": 'a = "\\(b\n', "triple": 'a = """\n'}

def _mkl(name, s, top):
    def f(n):
        return raw_top(s * n) if top else raw_lines(s * n)
    f.__name__ = f"lines_{'top' if top else 'in'}_{name}"
    f.__doc__ = f"{s!r} n times, " + ("at the top level" if top else "in a block")
    case(sizes=BIG, group="repeat", cmds=("check", "fmt"))(f)

for _name, _s in LINES.items():
    _mkl(_name, _s, True)
    _mkl(_name, _s, False)

class Rng:
    def __init__(self, seed): self.s = seed
    def __call__(self, k):
        self.s = (self.s * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.s >> 33) % k

@case(group="repeat", cmds=("check", "fmt"))
def garbage_bytes(n):
    r = Rng(1)
    return {"fleet.fleet": HEAD.encode() + bytes(r(256) for _ in range(n))}

@case(group="repeat", cmds=("check", "fmt"))
def garbage_ascii(n):
    r = Rng(2)
    return raw_top("".join(chr(32 + r(95)) if r(40) else "\n" for _ in range(n)))

@case(group="repeat", cmds=("check", "fmt"))
def garbage_ascii_block(n):
    r = Rng(3)
    return raw_lines("".join(chr(32 + r(95)) if r(40) else "\n" for _ in range(n)))

@case(group="repeat", cmds=("check", "fmt"))
def garbage_tokens(n):
    r = Rng(4)
    toks = ["let ", "a", " = ", "{", "}", "[", "]", "(", ")", '"x"', "\n", ", ", "if ", "then ", "else ", "for ", "in ", "=> ", "cluster ", "1", " + ", ".", "when ", "use ", "match ", ": ", "| ", "?", "fn ", "type "]
    return raw_top("".join(toks[r(len(toks))] for _ in range(n)))

@case(group="repeat", cmds=("check", "fmt"))
def garbage_tokens_block(n):
    r = Rng(5)
    toks = ["let ", "a", " = ", "{", "}", "[", "]", "(", ")", '"x"', "\n", ", ", "if ", "then ", "else ", "for ", "in ", "=> ", "b ", "1", " + ", ".", "when ", "use ", "match ", ": ", "| ", "?", "final ", "unset "]
    return raw_lines("".join(toks[r(len(toks))] for _ in range(n)))

# ------------------------------------------------------------------ doubling

@case(ns=(10, 16, 20, 21, 22, 24, 30, 60), group="double")
def fn_doubling(n):
    return P(HEAD + "fn f0(x: Int): Int = x + 1\n" + L(n, lambda i: f"fn f{i+1}(x: Int): Int = f{i}(x) + f{i}(x)\n") + cat(addon(f"    values.x = f{n}(1)\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_spread_doubling(n):
    return P(HEAD + "let a0 = [1]\n" + L(n, lambda i: f"let a{i+1} = [...a{i}, ...a{i}]\n") + cat(addon(f"    values.x = length(a{n})\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_plus_doubling(n):
    return P(HEAD + "let a0 = [1]\n" + L(n, lambda i: f"let a{i+1} = a{i} + a{i}\n") + cat(addon(f"    values.x = length(a{n})\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_text_doubling(n):
    return P(HEAD + 'let a0 = "0123456789"\n' + L(n, lambda i: f'let a{i+1} = "\\(a{i})\\(a{i})"\n') + cat(addon(f"    values.x = length(a{n})\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_text_plus_doubling(n):
    return P(HEAD + 'let a0 = "0123456789"\n' + L(n, lambda i: f'let a{i+1} = a{i} + a{i}\n') + cat(addon(f"    values.x = length(a{n})\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def fact_text_doubling(n):
    """doubling of a text with a hole (template)"""
    return P("fleet acme { facts { f: String } }\n" + "catalogue c {\n" + SRC + "  addon web {\n    source = charts\n    version = \"1.0.0\"\n    values {\n      let a0 = cluster.f\n" + L(n, lambda i: f'      let a{i+1} = "\\(a{i})\\(a{i})"\n') + f"      x = a{n}\n    }}\n  }}\n}}\n" +
             'cluster one {\n  f = "x"\n  use c\n}\ncluster two {\n  f = "y"\n  use c\n}\n')

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_record_doubling_any(n):
    """a DAG of n levels as a value: types are given as Any"""
    return P(HEAD + "let a0: Any = { v = 1 }\n" + L(n, lambda i: f"let a{i+1}: Any = {{ x = a{i}, y = a{i} }}\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_list_doubling_any(n):
    return P(HEAD + "let a0: Any = [1]\n" + L(n, lambda i: f"let a{i+1}: Any = [a{i}, a{i}]\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def let_list_doubling_eq(n):
    """two such DAGs compared"""
    return P(HEAD + "let a0: Any = [1]\nlet b0: Any = [1]\n" + L(n, lambda i: f"let a{i+1}: Any = [a{i}, a{i}]\nlet b{i+1}: Any = [b{i}, b{i}]\n") + cat(addon(f"    values.x = a{n} == b{n}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def block_let_doubling(n):
    return P(HEAD + cat(addon("    values {\n      let a0: Any = [1]\n" + L(n, lambda i: f"      let a{i+1}: Any = [a{i}, a{i}]\n") + f"      x = a{n}\n    }}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def param_doubling(n):
    return P(HEAD + cat(addon("    params {\n      p0: Any = [1]\n" + L(n, lambda i: f"      p{i+1}: Any = [params.p{i}, params.p{i}]\n") + f"    }}\n    values.x = params.p{n}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def fact_doubling(n):
    return P("fleet acme { facts {\n  f0: Any = [1]\n" + L(n, lambda i: f"  f{i+1}: Any = [cluster.f{i}, cluster.f{i}]\n") + "} }\n" + cat(addon(f"    values.x = cluster.f{n}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def fact_doubling_unused(n):
    return P("fleet acme { facts {\n  f0: Any = [1]\n" + L(n, lambda i: f"  f{i+1}: Any = [cluster.f{i}, cluster.f{i}]\n") + "} }\n" + cat(addon()) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def fact_text_doubling_facts(n):
    return P('fleet acme { facts {\n  f0: String = "0123456789"\n' + L(n, lambda i: f'  f{i+1}: String = "\\(cluster.f{i})\\(cluster.f{i})"\n') + "} }\n" + cat(addon(f"    values.x = length(cluster.f{n})\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def values_doubling(n):
    """values that name a let twice, in the manifest"""
    return P(HEAD + "let a0: Any = { v = 1 }\n" + L(n, lambda i: f"let a{i+1}: Any = {{ ...a{i}, k{i} = a{i} }}\n") + cat(addon(f"    values {{ ...a{n} }}\n")) + ONE)

@case(ns=(10, 16, 20, 22, 24, 30, 60), group="double")
def check_doubling(n):
    return P(HEAD + "let a0: Any = [1]\n" + L(n, lambda i: f"let a{i+1}: Any = [a{i}, a{i}]\n") + cat(addon()) + ONE + f'check "x" {{ a{n} == [] }}\n')

BUILTIN_BOMBS = {
    "repeat": 'length(repeat("0123456789", 100000000))',
    "repeat_max": 'length(repeat("0123456789", 9223372036854775807))',
    "repeat_budget": 'length(repeat("0123456789", 1500000))',
    "range": "length(range(0, 1000000000))",
    "range_max": "length(range(-9223372036854775807, 9223372036854775807))",
    "range_budget": "length(range(0, 1900000))",
    "pad": 'length(pad-left("x", 1000000000))',
    "pad_max": 'length(pad-right("x", 9223372036854775807))',
    "indent": 'length(indent(repeat("a\\n", 100000), 1000))',
    "indent_max": 'length(indent("a", 9223372036854775807))',
    "chunks0": "chunks(range(0, 1000), 0)",
    "chunks_neg": "chunks(range(0, 1000), -1)",
    "join": 'length(join([for x in range(0, 100000) => "x"], repeat("y", 1000)))',
    "replace": 'length(replace(repeat("a", 100000), "a", repeat("b", 1000)))',
    "replace_empty": 'length(replace(repeat("a", 100000), "", repeat("b", 1000)))',
    "replace_pattern": 'length(replace-pattern(repeat("a", 100000), "a", repeat("b", 1000)))',
    "replace_pattern_empty": 'length(replace-pattern(repeat("a", 100000), "", repeat("b", 1000)))',
    "split_empty": 'length(split(repeat("a", 1000000), ""))',
    "split": 'length(split(repeat("a,", 1000000), ","))',
    "sort": "sort([for x in range(0, 500000) => -x])[0]",
    "unique": "length(unique(range(0, 50000)))",
    "unique_texts": 'length(unique([for x in range(0, 50000) => "x\\(x)"]))',
    "unique_big": "length(unique(range(0, 500000)))",
    "unique_lists": "length(unique([for x in range(0, 20000) => [x]]))",
    "unique_maps": "length(unique([for x in range(0, 20000) => { a = x }]))",
    "index_of": "length([for x in range(0, 3000) => index-of(range(0, 3000), 2999)])",
    "in_list": "length([for x in range(0, 100000) if x in range(0, 10) => x])",
    "in_list_let": "let_in",
    "regex_bomb": 'matches("a", "((a{100}){100}){100}")',
    "regex_size": 'matches("a", "(\\\\w{1000}){50}")',
    "regex_loop": 'length([for x in range(0, 2000) => matches("a", "a{\\(x)}\\\\w{200}")])',
    "regex_slow": 'matches(repeat("a", 1000000), "(a|aa)*b")',
    "regex_slow_loop": 'length([for x in range(0, 1000) => matches(repeat("a", 10000), "(.*)(.*)(.*)(.*)(.*)b")])',
    "captures": 'length(captures(repeat("a", 1000000), "(a*)(a*)(a*)b"))',
    "sha256": 'length([for x in range(0, 1000) => sha256(repeat("a", 10000))])',
    "base64": 'length(base64(repeat("a", 10000000)))',
    "from_json_deep": 'from-json(repeat("[", 1000000))',
    "from_yaml_deep": 'from-yaml(repeat("[", 100000))',
    "from_yaml_deep10": 'from-yaml(repeat("[", 1000000))',
    "from_yaml_block": 'from-yaml(repeat("- ", 100000))',
    "from_yaml_alias": 'length(from-yaml("a: &a [" + repeat("1,", 20000) + "]\\nb: [" + repeat("*a,", 20000) + "]\\n").b)',
    "from_yaml_keys": 'length(from-yaml(join([for x in range(0, 50000) => "k\\(x): 1"], "\\n")))',
    "to_json": "length(to-json(range(0, 500000)))",
    "to_yaml": "length(to-yaml(range(0, 500000)))",
    "flatten": "length(flatten([for x in range(0, 1000) => range(0, 1000)]))",
    "sum": "sum(range(0, 1500000))",
    "substring_loop": 'length([for x in range(0, 20000) => substring(repeat("ä", 1000), x, x + 1)])',
    "slug": 'length(slug(repeat("ä", 3000000)))',
    "shorten": 'length(shorten(repeat("ä", 3000000), 100))',
    "merge_loop": 'length(merge({for x in range(0, 50000) => "k\\(x)" = x}, {for x in range(0, 50000) => "k\\(x)" = x}))',
    "omit": 'length(omit({for x in range(0, 20000) => "k\\(x)" = x}, [for x in range(0, 20000) => "k\\(x)"]))',
    "pick": 'length(pick({for x in range(0, 20000) => "k\\(x)" = x}, [for x in range(0, 20000) => "k\\(x)"]))',
    "group_by": 'length(group-by([for x in range(0, 100000) => { k = "\\(x)" }], "k"))',
    "index_by": 'length(index-by([for x in range(0, 100000) => { k = "\\(x)" }], "k"))',
    "index_by_same": 'length(index-by([for x in range(0, 100000) => { k = "a" }], "k"))',
    "sort_by": 'length(sort-by([for x in range(0, 100000) => { k = -x }], "k"))',
    "sort_by_missing": 'length(sort-by([for x in range(0, 100000) => { j = -x }], "k"))',
    "reverse_loop": "length([for x in range(0, 3000) => reverse(range(0, 3000))])",
    "let_copy_loop": "let_copy",
    "cidr": 'length([for x in range(0, 100000) => cidr-host("10.0.0.0/8", x)])',
    "versions": 'length([for x in range(0, 100000) => satisfies("1.\\(x).0", ">=1.0.0 <2.0.0")])',
    "version_long": 'satisfies("1.0.0", repeat(">=1.0.0 ", 1000000))',
    "version_or_long": 'satisfies("1.0.0", repeat("<1.0.0 || ", 1000000) + "1")',
    "parse_version_long": 'parse-version("1.0.0-" + repeat("a.", 1000000) + "a").major',
    "url_encode": 'length(url-encode(repeat("ä", 1000000)))',
    "lines": 'length(lines(repeat("a\\n", 1000000)))',
    "keys": 'length(keys({for x in range(0, 300000) => "k\\(x)" = x}))',
    "dup_keys": 'length({for x in range(0, 300000) => "k" = x})',
    "dup_keys_some": 'length({for x in range(0, 3000) => "k" = x})',
    "errors": "length([for x in range(0, 100000) => 1 / 0])",
    "errors_index": "length([for x in range(0, 100000) => [1][5]])",
    "errors_int": 'length([for x in range(0, 100000) => int("x")])',
    "emit": "range(0, 100000)",
    "emit_big": "range(0, 1900000)",
    "emit_text": 'repeat("0123456789\\n", 1000000)',
    "emit_text_line": 'repeat("0123456789", 1000000)',
    "emit_map": '{for x in range(0, 300000) => "k\\(x)" = x}',
    "emit_dollar": 'repeat("${x}", 1000000)',
}

def _mkb(name, e):
    def f(n):
        if e == "let_in":
            return value("length([for x in range(0, 20000) if x in big => x])", "let big = range(0, 20000)\n")
        if e == "let_copy":
            return value("length([for x in range(0, 20000) => reverse(big)])", "let big = range(0, 20000)\n")
        return value(e)
    f.__name__ = "fn_" + name
    f.__doc__ = e
    case(ns=(1,), group="builtin", cmds=("check", "build"))(f)

for _name, _e in BUILTIN_BOMBS.items():
    _mkb(_name, _e)

@case(ns=(1,), group="builtin", cmds=("check", "build"))
def fn_many_clusters_budget(n):
    """the budget is one declaration's for one cluster: 200 clusters use it up each"""
    return P(HEAD + cat(addon("    values.x = length([for x in range(0, 1000000 + length(cluster.name)) => x])\n")) + L(200, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(ns=(1,), group="builtin", cmds=("check", "build"))
def fn_many_entries_budget(n):
    """is the budget one value's? 50 addons of 1.9 million steps each"""
    return P(HEAD + cat(*[addon("    values.x = length([for x in range(0, 900000) => x])\n", f"a{i}") for i in range(50)]) + ONE)

@case(ns=(1,), group="builtin", cmds=("check", "build"))
def fn_many_lets_budget(n):
    return P(HEAD + L(200, lambda i: f"let l{i} = length([for x in range(0, 900000) => x])\n") + cat(addon()) + ONE)

@case(ns=(1,), group="builtin", cmds=("check", "build"))
def fn_many_lets_memory(n):
    return P(HEAD + L(200, lambda i: f"let l{i} = range(0, 1000000)\n") + cat(addon()) + ONE)

@case(ns=(1,), group="builtin", cmds=("check", "build"))
def fn_rules_when_budget(n):
    return P(HEAD + cat(addon()) + ONE + L(100, lambda i: f"rule r{i} when length([for x in range(0, 900000) => x]) > {i} {{ override web {{ values.k{i} = 1 }} }}\n"))

# ------------------------------------------------------------------ many

@case(group="many")
def selectors_many(n):
    """n selectors on a list of n"""
    return over("      l = [\n" + L(n, lambda i: f'        {{ name = "n{i}", port = {i} }},\n') + "      ]\n", L(n, lambda i: f'      l[name = "n{i}"].port = {i+1}\n'))

@case(group="many")
def selectors_one_list(n):
    """one selector on a list of n"""
    return over("      l = [\n" + L(n, lambda i: f'        {{ name = "n{i}", port = {i} }},\n') + "      ]\n", '      l[name = "n0"].port = 1\n')

@case(group="many")
def selectors_miss(n):
    return over("      l = [\n" + L(n, lambda i: f'        {{ name = "n{i}", port = {i} }},\n') + "      ]\n", L(n, lambda i: f'      l[name = "m{i}"].port = {i+1}\n'))

@case(group="many")
def selectors_small_list(n):
    """n selectors on a list of one"""
    return over('      l = [{ name = "n0", port = 1 }]\n', L(n, lambda i: f'      l[name = "m{i}"].port = {i+1}\n'))

@case(group="many")
def selectors_same(n):
    return over('      l = [{ name = "n0", port = 1 }]\n', L(n, lambda i: f'      l[name = "n0"].k{i} = {i+1}\n'))

@case(group="many")
def selectors_removing(n):
    return over("      l = [\n" + L(n, lambda i: f'        {{ name = "n{i}", port = {i} }},\n') + "      ]\n", L(n, lambda i: f'      unset l[name = "n{i}"]\n'))

@case(group="many")
def appends_many(n):
    return over("      l = []\n", L(n, lambda i: f'      l += [{i}] when true\n'))

@case(group="many")
def unsets_many(n):
    return over(L(n, lambda i: f"      k{i} = {i}\n"), L(n, lambda i: f"      unset k{i}\n"))

@case(group="many")
def finals_many(n):
    return over(L(n, lambda i: f"      final k{i} = {i}\n"), L(n, lambda i: f"      j{i} = {i}\n"))

@case(group="many")
def finals_violated(n):
    return over(L(n, lambda i: f"      final k{i} = {i}\n"), L(n, lambda i: f"      k{i} = {i+1}\n"))

@case(group="many")
def values_keys(n):
    return values(L(n, lambda i: f"      k{i} = {i}\n"))

@case(group="many")
def values_keys_dup(n):
    return values(L(n, lambda i: f"      k = {i}\n"))

@case(group="many")
def values_keys_dup_when(n):
    return values(L(n, lambda i: f"      k = {i} when cluster.zones == {i}\n"))

@case(group="many")
def values_keys_dup_when_true(n):
    return values(L(n, lambda i: f"      k = {i} when true\n"))

@case(group="many")
def values_keys_override(n):
    return over(L(n, lambda i: f"      k{i} = {i}\n"), L(n, lambda i: f"      k{i} = {i+1}\n"))

@case(group="many")
def values_blocks(n):
    return values(L(n, lambda i: f"      k{i} {{ a = {i} }}\n"))

@case(group="many")
def values_paths(n):
    return values(L(n, lambda i: f"      a.b.k{i} = {i}\n"))

@case(group="many")
def values_cluster(n):
    """n values that read the cluster: n in the patch"""
    return values(L(n, lambda i: f"      k{i} = cluster.zones\n"))

@case(group="many")
def values_cluster_names(n):
    return values(L(n, lambda i: f'      k{i} = "\\(cluster.name)-{i}"\n'))

@case(group="many")
def values_spread(n):
    return values(L(n, lambda i: f"      ...{{ k{i} = {i} }}\n"))

@case(group="many")
def values_spread_same(n):
    return values(L(n, lambda i: f"      ...{{ k = {i} }}\n"))

@case(group="many")
def lets_top(n):
    return P(HEAD + L(n, lambda i: f"let l{i} = {i}\n") + ONE.replace("use c", ""))

@case(group="many")
def lets_top_used(n):
    return P(HEAD + L(n, lambda i: f"let l{i} = {i}\n") + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = l{i}\n") + "    }\n")) + ONE)

@case(group="many")
def lets_top_same(n):
    """n lets of one name"""
    return P(HEAD + L(n, lambda i: f"let l = {i}\n") + ONE.replace("use c", ""))

@case(group="many")
def lets_block(n):
    return values(L(n, lambda i: f"      let l{i} = {i}\n") + L(n, lambda i: f"      k{i} = l{i}\n"))

@case(group="many")
def lets_block_addon(n):
    """lets at the head of an add-on, used in its values"""
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f"  let l{i} = {i}\n") + SRC + addon("    values {\n" + L(n, lambda i: f"      k{i} = l{i}\n") + "    }\n") + "}\n" + ONE)

@case(group="many")
def fns_many(n):
    return P(HEAD + L(n, lambda i: f"fn f{i}(x: Int): Int = x + {i}\n") + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = f{i}(1)\n") + "    }\n")) + ONE)

@case(group="many")
def fn_params_many(n):
    return P(HEAD + "fn f(" + ", ".join(f"p{i}: Int" for i in range(n)) + "): Int = p0\n" + cat(addon("    values.x = f(" + ", ".join("1" for i in range(n)) + ")\n")) + ONE)

@case(group="many")
def fn_params_used(n):
    return P(HEAD + "fn f(" + ", ".join(f"p{i}: Int = 1" for i in range(n)) + "): [Int] = [" + ", ".join(f"p{i}" for i in range(n)) + "]\n" + cat(addon("    values.x = f()\n")) + ONE)

@case(group="many")
def types_many(n):
    return P(HEAD + L(n, lambda i: f"type T{i} {{ a: Int, b: T{max(0,i-1)}? }}\n" if i else "type T0 { a: Int }\n") + ONE.replace("use c", ""))

@case(group="many")
def facts_many(n):
    return P("fleet acme { facts {\n" + L(n, lambda i: f"  f{i}: Int = {i}\n") + "} }\n" + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = cluster.f{i}\n") + "    }\n")) + ONE)

@case(group="many")
def params_many(n):
    return P(HEAD + cat(addon("    params {\n" + L(n, lambda i: f"      p{i}: Int = {i}\n") + "    }\n    values {\n" + L(n, lambda i: f"      k{i} = params.p{i}\n") + "    }\n")) + ONE)

@case(group="many")
def params_all(n):
    """`params` as a whole for each of n keys"""
    return P(HEAD + cat(addon("    params {\n" + L(n, lambda i: f"      p{i}: Int = {i}\n") + "    }\n    values {\n" + L(n, lambda i: f"      k{i} = length(params)\n") + "    }\n")) + ONE)

@case(group="many")
def addons_many(n):
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + ONE)

@case(group="many")
def addons_same_name(n):
    return P(HEAD + cat(*[f'  addon a {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + ONE)

@case(group="many")
def catalogues_many(n):
    return P(HEAD + L(n, lambda i: f"catalogue c{i} {{ }}\n") + "cluster one {\n" + L(n, lambda i: f"  use c{i}\n") + "}\n")

@case(group="many")
def catalogues_addons(n):
    return P(HEAD + 'source charts = helm "https://charts.example.com"\n' + L(n, lambda i: f"catalogue c{i} {{ addon a{i} {{ source = charts, version = \"1.0.0\" }} }}\n") + "cluster one {\n" + L(n, lambda i: f"  use c{i}\n") + "}\n")

@case(group="many")
def sources_many(n):
    return P(HEAD + L(n, lambda i: f'source s{i} = helm "https://x.example.com/{i}"\n') + "catalogue c {\n" + L(n, lambda i: f'  addon a{i} {{ source = s{i}, version = "1.0.0" }}\n') + "}\n" + ONE)

@case(group="many")
def clusters_many(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(group="many")
def clusters_same_name(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"cluster one {{ use c }}\n"))

@case(group="many")
def clusters_override(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + L(n, lambda i: f"cluster c{i} {{\n  use c\n  override web {{ values.k = {i+1} }}\n}}\n"))

@case(group="many")
def clusters_own_addon(n):
    return P(HEAD + 'source charts = helm "https://charts.example.com"\n' + L(n, lambda i: f"cluster c{i} {{\n  addon a{i} {{ source = charts, version = \"1.0.0\" }}\n}}\n"))

@case(group="many")
def clusters_facts_when(n):
    """n clusters, values that decide on the cluster's name: no two are alike"""
    return P(HEAD + cat(addon('    values.k = if starts-with(cluster.name, "c1") then 1 else 2\n')) + L(n, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(group="many")
def clusters_error_each(n):
    return P("fleet acme { facts { f: Int } }\n" + cat(addon("    values.k = 1 / cluster.f\n")) + L(n, lambda i: f"cluster c{i} {{\n  f = 0\n  use c\n}}\n"))

@case(group="many")
def clusters_missing_fact(n):
    return P("fleet acme { facts { f: Int } }\n" + cat(addon()) + L(n, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(ns=(10, 20, 50, 90, 99, 150, 1000), group="many")
def groups_nested(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"group g{i} {{\n") + "cluster one { use c }\n" + "}\n" * n)

@case(ns=(90,), group="many")
def groups_nested_wide(n):
    """as deep as is allowed, a cluster and a fact on each level"""
    return P(HEAD + cat(addon("    values.k = cluster.zones\n")) + L(n, lambda i: f"group g{i} {{\n  zones = {i}\n  override web {{ values.j = {i} }}\n  cluster c{i} {{ use c }}\n") + "}\n" * n)

@case(group="many")
def groups_flat(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f"group g{i} {{ cluster c{i} {{ use c }} }}\n"))

@case(group="many")
def rules_pattern(n):
    """n rules over *.*, one path each"""
    return P(HEAD + cat(addon()) + ONE + L(n, lambda i: f"rule r{i} {{ override *.* {{ values.k{i} = {i} }} }}\n"))

@case(group="many")
def rules_pattern_conflict(n):
    return P(HEAD + cat(addon()) + ONE + L(n, lambda i: f"rule r{i} {{ override *.* {{ values.k = {i} }} }}\n"))

@case(group="many")
def rules_pattern_same(n):
    return P(HEAD + cat(addon()) + ONE + L(n, lambda i: f"rule r{i} {{ override *.* {{ values.k = 1 }} }}\n"))

@case(group="many")
def rules_when(n):
    return P(HEAD + cat(addon()) + ONE + L(n, lambda i: f"rule r{i} when cluster.zones == {i} {{ override web {{ values.k{i} = {i} }} }}\n"))

@case(group="many")
def rules_clusters(n):
    """n rules times n clusters"""
    return P(HEAD + cat(addon()) + L(n, lambda i: f"cluster c{i} {{\n  use c\n  zones = {i}\n}}\n") + L(n, lambda i: f"rule r{i} when cluster.zones == {i} {{ override web {{ values.k = {i} }} }}\n"))

@case(group="many")
def rules_addons(n):
    """n rules over *.* times n add-ons"""
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + ONE + L(n, lambda i: f"rule r{i} {{ override *.* {{ values.k{i} = {i} }} }}\n"))

@case(group="many")
def rules_ranks(n):
    """n layers with a rule each"""
    return P("fleet acme {\n  layers = [" + ", ".join(f"l{i}" for i in range(n)) + "]\n}\n" + cat(addon("    values.k = 0\n")) + ONE + L(n, lambda i: f"rule r{i} in l{i} {{ override web {{ values.k = {i+1} }} }}\n"))

@case(group="many")
def overrides_top(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + ONE + L(n, lambda i: f"override web {{ values.k{i} = {i+1} }}\n"))

@case(group="many")
def overrides_cluster(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + "cluster one {\n  use c\n" + L(n, lambda i: f"  override web {{ values.k{i} = {i+1} }}\n") + "}\n")

@case(group="many")
def overrides_selectors(n):
    """two rules with n selectors each on a list of one rank: combined"""
    return P(HEAD + cat(addon("    values.l = [\n" + L(n, lambda i: f'      {{ name = "n{i}" }},\n') + "    ]\n")) + ONE +
             "rule a { override web { values {\n" + L(n, lambda i: f'  l[name = "n{i}"].a = 1\n') + "} } }\nrule b { override web { values {\n" + L(n, lambda i: f'  l[name = "n{i}"].b = 1\n') + "} } }\n")

@case(group="many")
def checks_many(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + ONE + L(n, lambda i: f'check "c{i}" {{ cluster.addons.web.values.k == 0 }}\n'))

@case(group="many")
def checks_fail(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + ONE + L(n, lambda i: f'check "c{i}" {{ cluster.addons.web.values.k == 1 }}\n'))

@case(group="many")
def checks_clusters(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + L(n, lambda i: f"cluster c{i} {{ use c }}\n") + 'check "x" { length(unique([for one in fleet.clusters => one.name])) == length(fleet.clusters) }\n')

@case(group="many")
def checks_clusters_quadratic(n):
    return P(HEAD + cat(addon("    values.k = 0\n")) + L(n, lambda i: f"cluster c{i} {{ use c }}\n") + 'check "x" { length([for one in fleet.clusters if one.name == cluster.name => one]) == 1 }\n')

@case(group="many")
def externals_many(n):
    return P(HEAD + L(n, lambda i: f"external Secret s{i} {{ keys = [\"k\"] }}\n") + cat(addon()) + ONE)

@case(group="many")
def namespaces_many(n):
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f"  namespace n{i} {{ }}\n") + "}\n" + ONE)

@case(group="many")
def manifests_many(n):
    return P(HEAD + "catalogue c {\n  namespace d { }\n" + L(n, lambda i: f'  manifest m{i} {{ apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "d", data.k = "{i}" }}\n') + "}\n" + ONE)

@case(group="many")
def manifests_same(n):
    """n manifests of one object"""
    return P(HEAD + "catalogue c {\n  namespace d { }\n" + L(n, lambda i: f'  manifest m{i} {{ apiVersion = "v1", kind = "ConfigMap", metadata {{ name = "x", namespace = "d" }} }}\n') + "}\n" + ONE)

@case(group="many")
def manifests_refs(n):
    """n pods that each name a ConfigMap nobody makes, beside n that are made"""
    return P(HEAD + "catalogue c {\n  namespace d { }\n" + L(n, lambda i: f'  manifest m{i} {{ apiVersion = "v1", kind = "ConfigMap", metadata.namespace = "d", data.k = "{i}" }}\n') +
             L(n, lambda i: f'  manifest p{i} {{ apiVersion = "v1", kind = "Pod", metadata.namespace = "d", spec.containers = [{{ name = "a", image = "a", envFrom = [{{ configMapRef {{ name = "q{i}" }} }}] }}] }}\n') + "}\n" + ONE)

@case(group="many")
def kustomizes_many(n):
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f'  kustomize k{i} {{ path = "deploy" }}\n') + "}\n" + ONE, deploy__kustomization_yaml="resources: [x.yaml]\n", deploy__x_yaml="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: default}\n")

@case(group="many")
def tenants_many(n):
    return P(HEAD + L(n, lambda i: f"repository r{i} {{ url = \"https://git.example.com/{i}\", branch = \"main\" }}\ntenant t{i} {{ repositories = [r{i}] }}\n") + "cluster one {\n" + L(n, lambda i: f"  attach t{i}\n") + "}\n")

@case(group="many")
def moved_many(n):
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0" }}\n' for i in range(n)]) + "catalogue d { }\n" + ONE + L(n, lambda i: f"moved {{ from = d.a{i}, to = c.a{i} }}\n"))

@case(group="many")
def crds_many(n):
    return P(HEAD + L(n, lambda i: f'external CRD "things{i}.example.com" {{ kind = "Thing{i}", scope = "Cluster" }}\n') + "catalogue c {\n" + L(n, lambda i: f'  manifest m{i} {{ apiVersion = "example.com/v1", kind = "Thing{i}" }}\n') + "}\n" + ONE)

@case(group="many")
def kinds_unknown(n):
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f'  manifest m{i} {{ apiVersion = "example.com/v1", kind = "Thing{i}" }}\n') + "}\n" + ONE)

@case(group="many")
def uses_many(n):
    return P(HEAD + cat(addon()) + "cluster one {\n" + L(n, lambda i: "  use c\n") + "}\n")

@case(group="many")
def drops_many(n):
    return P(HEAD + cat(addon()) + "cluster one {\n  use c\n" + L(n, lambda i: "  drop c.web\n") + "}\n")

@case(group="many")
def imports_many(n):
    return P(L(n, lambda i: "import std.addons.{ velero }\n") + HEAD + ONE.replace("use c", ""))

@case(group="many")
def packages_many(n):
    return P("fleet acme { packages {\n" + L(n, lambda i: f'  p{i} {{ path = "../p{i}" }}\n') + "} }\n" + ONE.replace("use c", ""))

@case(group="many")
def files_many(n):
    d = {"fleet.fleet": HEAD + ONE.replace("use c", "")}
    for i in range(n):
        d[f"f{i}.fleet"] = f"let l{i} = {i}\n"
    return d
files_many.sizes = (10*KB, 100*KB)

@case(group="many")
def rings_many(n):
    return P("fleet acme {\n  facts { e: " + lits(n) + " }\n  rings e = [" + ", ".join(f'"v{i:06d}"' for i in range(n)) + "]\n}\n" + cat(addon()) + 'cluster one {\n  e = "v000000"\n  use c\n}\n')

@case(group="many")
def sync_text_long_line(n):
    """one string of n bytes"""
    return value('"' + "x" * n + '"')

@case(group="many")
def text_block_lines(n):
    return values('      t = """\n' + L(n, lambda i: f"        line {i}\n") + '        """\n')

@case(group="many")
def text_interpolations(n):
    return value('"' + L(n, lambda i: "\\(cluster.zones)") + '"')

@case(group="many")
def text_interpolations_names(n):
    return value('"' + L(n, lambda i: "\\(cluster.name)") + '"')

@case(group="many")
def text_escapes(n):
    return value('"' + "\\n" * n + '"')

@case(group="many")
def text_unicode_escapes(n):
    return value('"' + "\\u{1F600}" * n + '"')

@case(group="many")
def comments_many(n):
    return P(HEAD + L(n, lambda i: f"// comment {i}\n") + cat(addon()) + ONE)

@case(group="many")
def comments_in_block(n):
    return values(L(n, lambda i: f"      // comment {i}\n") + "      a = 1\n")

@case(group="many")
def comments_in_list(n):
    return values("      a = [\n" + L(n, lambda i: f"        // comment {i}\n") + "        1\n      ]\n")

@case(group="many")
def comments_behind(n):
    return values(L(n, lambda i: f"      k{i} = {i} // comment {i}\n"))

@case(group="many")
def comments_end(n):
    return P(HEAD + cat(addon()) + ONE + L(n, lambda i: f"// comment {i}\n"))

@case(group="many")
def comments_between(n):
    return P(HEAD + L(n, lambda i: f"// c{i}\nlet l{i} = {i}\n") + ONE.replace("use c", ""))

@case(group="many")
def docs_many(n):
    return P(HEAD + L(n, lambda i: f"/// doc {i}\n") + cat(addon()) + ONE)

@case(group="many")
def crlf(n):
    return {"fleet.fleet": (HEAD + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = {i}\n") + "    }\n")) + ONE).replace("\n", "\r\n").encode()}

@case(group="many")
def cr_only(n):
    return {"fleet.fleet": (HEAD + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = {i}\n") + "    }\n")) + ONE).replace("\n", "\r").encode()}

@case(group="many")
def blank_lines(n):
    return P(HEAD + "\n" * n + cat(addon()) + ONE)

@case(group="many")
def blank_between(n):
    return values(L(n, lambda i: f"\n\n\n      k{i} = {i}\n"))

@case(group="many")
def spaces_before_eol(n):
    return values(L(n, lambda i: f"      k{i} = {i}" + " " * 50 + "\n"))

@case(group="many")
def one_line_entries(n):
    """one line of n entries: a block that fmt has to widen"""
    return P(HEAD + cat("  addon web { source = charts, version = \"1.0.0\", values { " + ", ".join(f"k{i} = {i}" for i in range(n)) + " } }\n") + ONE)

@case(group="many")
def fmt_wide_lines(n):
    """n blocks in one catalogue, each a line too long"""
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", values {{ alpha-beta-gamma = "{i}", delta-epsilon = [1, 2, 3, 4], zeta-eta = {{ a = 1, b = 2, c = 3 }}, k = 1 }} }}\n' for i in range(n)]) + ONE)

@case(group="many")
def fmt_wide_nested(n):
    """one line, blocks 90 deep, n of them"""
    u = "a { " * 90 + "b = 1" + " }" * 90
    return values(L(n, lambda i: f"      k{i} {u}\n"))

@case(group="many")
def fmt_wide_lists(n):
    u = "[" * 90 + "1" + "]" * 90
    return values("      k = [" + ", ".join(u for _ in range(n)) + "]\n")

@case(group="many")
def fmt_wide_strings(n):
    """one line, n strings in nested calls"""
    return value("join([" + ", ".join('"abcdefgh"' for _ in range(n)) + '], ",")')

@case(group="many")
def unclosed_blocks(n):
    return P(HEAD + L(n, lambda i: f"cluster c{i} {{\n  use c\n"))

@case(group="many")
def unclosed_inner(n):
    return P(HEAD + "catalogue c {\n" + L(n, lambda i: f"  addon a{i} {{\n    version = \"1\"\n") + "}\n")

@case(group="many")
def unclosed_inner_60(n):
    return P(HEAD + L(n, lambda i: "catalogue c" + str(i) + " {\n" + "  addon a {\n" * 60))

@case(group="many")
def too_large(n):
    return P(HEAD + "// " + "x" * n + "\n" + ONE.replace("use c", ""))
too_large.sizes = (10*MB, 17*MB)

# ------------------------------------------------------------------ data

def data(fn, name, content, expr=None):
    d = P(HEAD + cat(addon(f'    values.x = {expr or f"{fn}({chr(34)}{name}{chr(34)})"}\n')) + ONE)
    d[name] = content
    return d

DC = ("check", "build")

def dcase(**kw):
    kw.setdefault("cmds", DC); kw.setdefault("group", "data")
    return case(**kw)

def wrap(fn, name, content):
    """read, and only its length used: what reading costs, not writing"""
    return data(fn, name, content, f'length({fn}("{name}"))')

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB, 10*MB))
def yaml_flow_deep(n): return data("yaml", "x.yaml", "[" * n + "]" * n)

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB, 10*MB))
def yaml_flow_open(n): return data("yaml", "x.yaml", "[" * n)

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB, 10*MB))
def yaml_flow_map_deep(n): return data("yaml", "x.yaml", "{a: " * n + "}" * n)

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB, 10*MB))
def yaml_block_seq_line(n): return data("yaml", "x.yaml", "- " * n + "a\n")

@dcase(ns=(100, 120, 1000, 3000))
def yaml_block_map_deep(n): return data("yaml", "x.yaml", "".join(" " * i + "a:\n" for i in range(n)) + " " * n + "b\n")

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB))
def yaml_question_deep(n): return data("yaml", "x.yaml", "? " * n + "a\n")

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB))
def yaml_tags(n): return data("yaml", "x.yaml", "!a " * n + "b\n")

@dcase(sizes=(100*KB, 1*MB))
def yaml_tag_long(n): return data("yaml", "x.yaml", "!" + "a" * n + " b\n")

@dcase(sizes=(100*KB, 1*MB))
def yaml_tag_directives(n): return data("yaml", "x.yaml", L(n, lambda i: f"%TAG !a{i}! tag:x,2000:{i}\n") + "---\na: 1\n")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_anchors_many(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"k{i}: &a{i} 1\n") + L(n, lambda i: f"j{i}: *a{i}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_anchor_same(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"k{i}: &a 1\n"))

@dcase(ns=(5, 9, 15, 30))
def yaml_laughs(n): return wrap("yaml", "x.yaml", 'a0: &a0 ["lol","lol"]\n' + L(n, lambda i: f"a{i+1}: &a{i+1} [" + ",".join([f"*a{i}"] * 9) + "]\n"))

@dcase(ns=(5, 7, 9, 15, 30))
def yaml_laughs_2(n): return wrap("yaml", "x.yaml", 'a0: &a0 ["lol","lol"]\n' + L(n, lambda i: f"a{i+1}: &a{i+1} [" + ",".join([f"*a{i}"] * 2) + "]\n"))

@dcase(sizes=(5*KB, 10*KB, 20*KB, 40*KB, 100*KB))
def yaml_alias_square(n):
    """a list of n, and n aliases of it: n*n nodes, n jumps"""
    return wrap("yaml", "x.yaml", "a: &a [" + "1," * n + "]\nb: [" + "*a," * n + "]\n")

@dcase(sizes=(5*KB, 10*KB, 20*KB, 40*KB, 100*KB))
def yaml_alias_text_square(n):
    """a text of n bytes and n aliases of it"""
    return wrap("yaml", "x.yaml", 'a: &a "' + "x" * n + '"\nb: [' + "*a," * (n // 3) + "]\n")

@dcase(ns=(10, 16, 20, 24, 30))
def yaml_merge_doubling(n): return wrap("yaml", "x.yaml", "a0: &a0 {x: 1}\n" + L(n, lambda i: f"a{i+1}: &a{i+1}\n  <<: [*a{i}, *a{i}]\n  k{i}: 1\n"))

@dcase(sizes=(100*KB, 1*MB))
def yaml_merge_many(n): return wrap("yaml", "x.yaml", "a: &a {" + ",".join(f"k{i}: 1" for i in range(100)) + "}\n" + L(n, lambda i: f"m{i}: {{<<: *a}}\n"))

@dcase(sizes=(100*KB, 1*MB))
def yaml_merge_wide(n):
    """one map that merges one of n keys"""
    return wrap("yaml", "x.yaml", "a: &a\n" + L(n, lambda i: f"  k{i}: 1\n") + "b:\n  <<: *a\n")

@dcase(sizes=(100*KB, 1*MB))
def yaml_merge_list(n):
    return wrap("yaml", "x.yaml", L(n, lambda i: f"a{i}: &a{i} {{k{i}: 1}}\n") + "b:\n  <<: [" + ", ".join(f"*a{i}" for i in range(n)) + "]\n")

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def yaml_keys(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"key{i}: {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def yaml_keys_emitted(n): return data("yaml", "x.yaml", L(n, lambda i: f"key{i}: {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def yaml_keys_dup(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"key: {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_list(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"- {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_list_flow(n): return wrap("yaml", "x.yaml", "[" + ",".join(str(i) for i in range(n)) + "]\n")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_list_emitted(n): return data("yaml", "x.yaml", L(n, lambda i: f"- {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_list_maps(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"- name: n{i}\n  port: {i}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_documents(n): return wrap("yaml", "x.yaml", "a: 1\n---\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_documents_empty(n): return wrap("yaml", "x.yaml", "---\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_comments(n): return wrap("yaml", "x.yaml", "# comment\n" * n + "a: 1\n")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_scalar_big(n): return wrap("yaml", "x.yaml", 'a: "' + "x" * n + '"\n')

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_plain_big(n): return wrap("yaml", "x.yaml", "a: " + "x" * n + '\n')

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_plain_lines(n): return wrap("yaml", "x.yaml", "a: x\n" + "  x\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_block_scalar(n): return wrap("yaml", "x.yaml", "a: |\n" + "  xxxx\n" * n)

@dcase(sizes=(100*KB, 1*MB))
def yaml_key_big(n): return wrap("yaml", "x.yaml", '"' + "x" * n + '": 1\n')

@dcase(sizes=(100*KB, 1*MB))
def yaml_bad_numbers(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"- 1{'0'*25}\n"))

@dcase(sizes=(100*KB, 1*MB))
def yaml_bad_keys(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"- {{[{i}]: 1}}\n"))

@dcase(sizes=(100*KB, 1*MB))
def yaml_underscores(n): return wrap("yaml", "x.yaml", L(n, lambda i: f"- {'1_'*10}0\n"))

@dcase(sizes=(100*KB, 1*MB))
def yaml_garbage(n):
    r = Rng(9)
    return wrap("yaml", "x.yaml", "".join(chr(32 + r(95)) if r(40) else "\n" for _ in range(n)))

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB, 10*MB))
def json_deep(n): return data("json", "x.json", "[" * n + "]" * n)

@dcase(sizes=(2*KB, 40*KB, 1*MB))
def json_deep_objects(n): return data("json", "x.json", '{"a":' * n + "1" + "}" * n)

@dcase(ns=(100, 120))
def json_deep_ok(n): return data("json", "x.json", "[" * n + "]" * n)

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def json_keys(n): return wrap("json", "x.json", "{" + ",".join(f'"key{i}":{i}' for i in range(n)) + "}")

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def json_keys_emitted(n): return data("json", "x.json", "{" + ",".join(f'"key{i}":{i}' for i in range(n)) + "}")

@dcase(sizes=(100*KB, 1*MB, 8*MB))
def json_keys_dup(n): return wrap("json", "x.json", "{" + ",".join(f'"key":{i}' for i in range(n)) + "}")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def json_list(n): return wrap("json", "x.json", "[" + ",".join(str(i) for i in range(n)) + "]")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def json_list_small(n): return wrap("json", "x.json", "[" + ",".join("1" for i in range(n)) + "]")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def json_text_big(n): return wrap("json", "x.json", '{"a":"' + "x" * n + '"}')

@dcase(sizes=(100*KB, 1*MB))
def json_bad_numbers(n): return wrap("json", "x.json", "[" + ",".join("1" + "0" * 25 for i in range(n)) + "]")

@dcase(sizes=(100*KB, 1*MB))
def json_number_long(n): return wrap("json", "x.json", "[1" + "0" * n + "]")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def json_unions_checked(n):
    """a list of n held against a list of a record"""
    return P(HEAD + 'type T { name: String, port: Int where it >= 0 }\nlet x: [T] = json("x.json")\n' + cat(addon("    values.x = length(x)\n")) + ONE, x_json="[" + ",".join(f'{{"name":"n{i}","port":{i}}}' for i in range(n)) + "]")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def json_errors_checked(n):
    return P(HEAD + 'type T { name: String, port: Int where it >= 0 }\nlet x: [T] = json("x.json")\n' + cat(addon("    values.x = length(x)\n")) + ONE, x_json="[" + ",".join(f'{{"name":"n{i}","prot":-{i}}}' for i in range(n)) + "]")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def yaml_errors_checked(n):
    return P(HEAD + 'type T { name: String, port: Int where it >= 0 }\nlet x: [T] = yaml("x.yaml")\n' + cat(addon("    values.x = length(x)\n")) + ONE, x_yaml=L(n, lambda i: f'- name: n{i}\n  prot: -{i}\n'))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_columns(n): return wrap("csv", "x.csv", ",".join(f"c{i}" for i in range(n)) + "\n" + ",".join("1" for i in range(n)) + "\n")

@dcase(sizes=(100*KB, 1*MB))
def csv_columns_long(n):
    """column names alike up to their end"""
    return wrap("csv", "x.csv", ",".join(f"{'c'*30}{i:06d}" for i in range(n)) + "\n" + ",".join("1" for i in range(n)) + "\n")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_rows(n): return wrap("csv", "x.csv", "a,b\n" + L(n, lambda i: f"{i},x\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_rows_empty(n): return wrap("csv", "x.csv", "a,b\n" + ",\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_rows_ragged(n): return wrap("csv", "x.csv", "a,b\n" + "1\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_rows_many_columns(n): return wrap("csv", "x.csv", ",".join(f"c{i}" for i in range(100)) + "\n" + (",".join("1" for i in range(100)) + "\n") * n)

@dcase(sizes=(100*KB, 1*MB, 5*MB, 10*MB))
def csv_cell_big(n): return wrap("csv", "x.csv", 'a,b\n1,"' + "x" * n + '"\n')

@dcase(sizes=(100*KB, 1*MB, 5*MB, 10*MB))
def csv_quotes(n): return wrap("csv", "x.csv", 'a,b\n1,"' + '""' * n + '"\n')

@dcase(sizes=(100*KB, 1*MB, 5*MB))
def csv_open_quote(n): return wrap("csv", "x.csv", 'a,b\n1,"' + "x,1\n" * n)

@dcase(sizes=(100*KB, 1*MB, 5*MB))
def csv_open_quotes(n): return wrap("csv", "x.csv", 'a,b\n' + '1,"x\n' * n)

@dcase(sizes=(100*KB, 1*MB, 5*MB))
def csv_broken_quotes(n): return wrap("csv", "x.csv", 'a,b\n' + '1,"x"y\n' * n)

@dcase(sizes=(100*KB, 1*MB, 5*MB))
def csv_spaces(n): return wrap("csv", "x.csv", 'a,b\n1,' + " " * n + "x\n")

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def csv_newlines(n): return wrap("csv", "x.csv", "a,b\n" + "\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_big(n): return wrap("file", "x.txt", "x" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_big_emitted(n): return data("file", "x.txt", "x" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_lines_emitted(n): return data("file", "x.txt", "line x\n" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_nul_emitted(n): return data("file", "x.txt", "\0" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_quotes_emitted(n): return data("file", "x.txt", "\"\\" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_dollar_emitted(n): return data("file", "x.txt", "${a}$" * n)

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def file_crlf_emitted(n): return data("file", "x.txt", "line x\r\n" * n)

@dcase(ns=(50, 500))
def file_many_uses(n):
    """one file of 100 kB that n add-ons carry"""
    return P(HEAD + cat(*[addon('    values.x = file("x.txt")\n', f"a{i}") for i in range(n)]) + ONE, x_txt="line x\n" * 15000)

@dcase(ns=(50, 500))
def yaml_many_uses(n):
    return P(HEAD + cat(*[addon('    values.x = yaml("x.yaml").key77\n', f"a{i}") for i in range(n)]) + ONE, x_yaml=L(8000, lambda i: f"key{i}: {i}\n"))

@dcase(ns=(50, 500))
def yaml_many_files(n):
    d = P(HEAD + cat(*[addon(f'    values.x = length(yaml("x{i}.yaml"))\n', f"a{i}") for i in range(n)]) + ONE)
    for i in range(n):
        d[f"x{i}.yaml"] = L(800, lambda i: f"key{i}: {i}\n")
    return d

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def inventory_csv(n):
    return P(HEAD + cat(addon("    values.k = cluster.zones\n")) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  zones = int(row.zones)\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"cluster-{i},{i%7}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def inventory_csv_typed(n):
    return P(HEAD + "type Row { name: String, zones: Int }\n" + cat(addon("    values.k = cluster.zones\n")) + 'inventory inv from csv("x.csv") as row: Row {\n  name = row.name\n  zones = row.zones\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"cluster-{i},{i%7}\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def inventory_csv_distinct(n):
    """each row has a fact of its own that something decides on"""
    return P(HEAD + cat(addon("    values.k = cluster.zones + 1\n")) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  zones = int(row.zones)\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"cluster-{i},{i}\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_columns(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n}\n', x_csv="name," + ",".join(f"c{i}" for i in range(n)) + "\n" + "one," + ",".join("1" for i in range(n)) + "\n")

@dcase(sizes=(100*KB, 1*MB))
def inventory_same_name(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"one,{i%7}\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_bad_cells(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  zones = int(row.zones)\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"cluster-{i},x{i}\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_bad_names(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"Bad Name {i},1\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_ragged(n):
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n}\n', x_csv="name,zones\n" + L(n, lambda i: f"c{i}\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_yaml(n):
    return P(HEAD + cat(addon()) + 'inventory inv from yaml("x.yaml") as row {\n  name = row.name\n  use c\n}\n', x_yaml=L(n, lambda i: f"- name: c{i}\n  zones: 3\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_yaml_map(n):
    return P(HEAD + cat(addon()) + 'inventory inv from yaml("x.yaml") as key, row {\n  name = key\n  zones = row.zones\n  use c\n}\n', x_yaml=L(n, lambda i: f"c{i}: {{ zones: 3 }}\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventory_json_map(n):
    return P(HEAD + cat(addon()) + 'inventory inv from json("x.json") as key, row {\n  name = key\n  zones = row.zones\n  use c\n}\n', x_json="{" + ",".join(f'"c{i}":{{"zones":3}}' for i in range(n)) + "}")

@dcase(sizes=(100*KB, 1*MB))
def inventory_overridden(n):
    """n rows, each overridden by name"""
    return P(HEAD + cat(addon()) + 'inventory inv from csv("x.csv") as row {\n  name = row.name\n  use c\n}\n' + L(n, lambda i: f"override cluster c{i} {{ zones = 1 }}\n"), x_csv="name,zones\n" + L(n, lambda i: f"c{i},1\n"))

@dcase(sizes=(100*KB, 1*MB))
def inventories_many(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f'inventory inv{i} from csv("x.csv") as row {{\n  name = "c{i}-\\(row.name)"\n  use c\n}}\n'), x_csv="name\na\n")

def kdir(text, files):
    d = P(HEAD + 'catalogue c {\n  kustomize k { path = "deploy" }\n}\n' + text)
    d.update(files)
    return d

CM = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x{0}, namespace: default}}\n"

@dcase(ns=(500, 5000))
def kustomize_files(n):
    return kdir(ONE, {"deploy/kustomization.yaml": "resources:\n" + L(n, lambda i: f"- x{i}.yaml\n"), **{f"deploy/x{i}.yaml": CM.format(i) for i in range(n)}})

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def kustomize_missing_files(n):
    return kdir(ONE, {"deploy/kustomization.yaml": "resources:\n" + L(n, lambda i: f"- x{i}.yaml\n")})

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def kustomize_documents(n):
    return kdir(ONE, {"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": "---\n".join(CM.format(i) for i in range(n))})

@dcase(sizes=(100*KB, 1*MB))
def kustomize_same_file(n):
    """one file of 100 objects, listed n times"""
    return kdir(ONE, {"deploy/kustomization.yaml": "resources:\n" + "- x.yaml\n" * n, "deploy/x.yaml": "---\n".join(CM.format(i) for i in range(100))})

@dcase(ns=(5, 10, 18))
def kustomize_dirs_doubling(n):
    """directories that list the next one twice: 2^n"""
    return kdir(ONE, {"deploy/kustomization.yaml": "resources: [../d0]\n", **{f"d{i}/kustomization.yaml": (f"resources: [../d{i+1}, ../d{i+1}]\n" if i < n else "resources: [x.yaml]\n") for i in range(n+1)}, f"d{n}/x.yaml": CM.format(0)})

@dcase(ns=(2, 3, 4))
def kustomize_dir_self(n):
    """a directory that lists itself n times: n^20"""
    return kdir(ONE, {"deploy/kustomization.yaml": "resources: [" + ", ".join(["../deploy"] * n) + "]\n"})

@dcase(sizes=(100*KB, 1*MB))
def kustomize_patched(n):
    """n objects, each patched"""
    return kdir("cluster one {\n  use c\n  override k {\n" + L(n, lambda i: f"    patch ConfigMap x{i} in default {{ data.x = \"1\" }}\n") + "  }\n}\n", {"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": "---\n".join(CM.format(i) for i in range(n))})

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def kustomize_yaml_lines(n):
    """one object with n lines"""
    return kdir("cluster one {\n  use c\n  override k { patch ConfigMap x in default { data.a = \"1\" } }\n}\n", {"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: default}\ndata:\n" + L(n, lambda i: f"  key{i}: \"{i}\"\n")})

@dcase(sizes=(2*KB, 40*KB, 100*KB, 1*MB))
def kustomize_deep(n):
    return kdir("cluster one {\n  use c\n  override k { patch ConfigMap x in default { data.a = \"1\" } }\n}\n", {"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": "[" * n + "]" * n})

@dcase(sizes=(5*KB, 20*KB, 40*KB, 100*KB))
def kustomize_alias_square(n):
    return kdir("cluster one {\n  use c\n  override k { patch ConfigMap x in default { data.a = \"1\" } }\n}\n", {"deploy/kustomization.yaml": "resources: [x.yaml]\n", "deploy/x.yaml": "a: &a [" + "1," * n + "]\nb: [" + "*a," * n + "]\n"})

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def manifest_yaml_lines(n):
    """a hand-written object of n lines as a manifest"""
    return P(HEAD + 'catalogue c {\n  namespace d { }\n  manifest m = yaml("x.yaml")\n}\n' + ONE, x_yaml="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: d}\ndata:\n" + L(n, lambda i: f"  key{i}: \"{i}\"\n"))

@dcase(sizes=(100*KB, 1*MB, 10*MB))
def manifest_yaml_documents(n):
    return P(HEAD + 'catalogue c {\n  namespace default { }\n  manifest m = yaml("x.yaml")\n}\n' + ONE, x_yaml="---\n".join(CM.format(i) for i in range(n)))

@dcase(sizes=(100*KB, 1*MB))
def manifest_yaml_documents_same(n):
    return P(HEAD + 'catalogue c {\n  namespace default { }\n  manifest m = yaml("x.yaml")\n}\n' + ONE, x_yaml="---\n".join(CM.format(1) for i in range(n)))

# ------------------------------------------------------------------ what stands in the tree already

@dcase(sizes=(100*KB, 1*MB), cmds=("build",))
def tree_foreign_files(n):
    d = P(HEAD + cat(addon()) + ONE)
    for i in range(n):
        d[f"clusters/one/x{i}.yaml"] = "a: 1\n"
    return d
tree_foreign_files.sizes = (10*KB, 50*KB)

# ------------------------------------------------------------------ second round

@case(ns=(8, 12, 16, 18, 20), group="extra")
def nest_objects_lets(n):
    """`let`s in objects in `let`s: { let a = { let a = { … } } }"""
    return values("      k = " + "{\n let a%d = " * n % tuple(range(n)) + "1" + "".join(f"\n x = a{i} }}" for i in reversed(range(n))) + "\n")

@case(ns=(8, 12, 16, 18, 20), group="extra")
def nest_blocks_lets(n):
    return values("".join(f"      b{i} {{\n let a{i} = {{ x = 1 }}\n" for i in range(n)) + "y = 1\n" + "}\n" * n)

@case(ns=(8, 12, 16, 20), group="extra")
def nest_match_objects(n):
    return values("      k = " + "match cluster.zones { 3 => { a = " * n + "1" + " }, _ => { } }" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_if_objects(n):
    return values("      k = " + "if cluster.zones == 1 then { a = " * n + "1" + " } else { }" * n + "\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_lists_objects(n):
    return values("      k = " + "[{ a = " * n + "1" + " }]" * n + "\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_objects_in_let(n):
    return P(HEAD + "let k = " + "{ a = " * n + "1" + " }" * n + "\ncluster one { }\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_objects_in_fn(n):
    return P(HEAD + "fn f(x: Int): Any = " + "{ a = " * n + "x" + " }" * n + "\ncluster one { }\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_objects_typed_any(n):
    return P(HEAD + "let k: Any = " + "{ a = " * n + "1" + " }" * n + "\ncluster one { }\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_objects_typed_map(n):
    t = "{String: " * n + "Int" + "}" * n
    return P(HEAD + f"let k: {t} = " + "{ a = " * n + "1" + " }" * n + "\ncluster one { }\n")

@case(ns=(8, 12, 16, 20), group="extra")
def nest_objects_manifest(n):
    return P(HEAD + "catalogue c {\n  namespace d { }\n  manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"d\", data = " + "{ a = " * n + '"1"' + " }" * n + " }\n}\n" + ONE)

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_for_objects(n):
    return values("      k = " + "[for x in [1] => { a = ".replace("x", "x%d") * n % tuple(range(n)) + "1" + " }]" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_amend_in_assign(n):
    return values("      k = " + "{ a { b = " * n + "1" + " } }" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_when(n):
    return values("      k = " + "{ a = " * n + "1" + " when cluster.zones == 3 }" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_params_default(n):
    return P(HEAD + cat(addon("    params { p: Any = " + "{ a = " * n + "1" + " }" * n + " }\n    values.x = params.p\n")) + ONE)

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_facts_default(n):
    return P("fleet acme { facts { p: Any = " + "{ a = " * n + "1" + " }" * n + " } }\n" + cat(addon("    values.x = cluster.p\n")) + ONE)

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_fn_args(n):
    return P(HEAD + "fn f(x: Any): Any = x\n" + cat(addon("    values.x = " + "f({ a = " * n + "1" + " })" * n + "\n")) + ONE)

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_spread_objects(n):
    return values("      k = " + "{ ...{ a = " * n + "1" + " } }" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_coalesce_parens(n):
    return values("      k = " + "(cluster.zones ?? " * n + "1" + ")" * n + "\n")

@case(ns=(8, 12, 16, 20, 40), group="extra")
def nest_index_text(n):
    return P(HEAD + "let y: {String: Int} = { }\n" + cat(addon("    values.x = " + 'y["\\(' * n + "1" + ')"]' * n + "\n")) + ONE)

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def members_chain_many(n):
    """expressions of 390 members each"""
    return values(L(n, lambda i: f"      k{i} = cluster" + ".a" * 390 + "\n"))

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def members_chain_any(n):
    return P(HEAD + "let y: Any = { }\n" + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = y" + ".a" * 390 + "\n") + "    }\n")) + ONE)

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def and_chain_many(n):
    e = " and ".join(f"y.a{i} != null" for i in range(95))
    return P(HEAD + "let y: Any = { }\n" + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = {e}\n") + "    }\n")) + ONE)

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def and_chain_when(n):
    e = " and ".join(f"y.a{i} != null" for i in range(95))
    return P(HEAD + "let y: Any = { }\n" + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = 1 when {e}\n") + "    }\n")) + ONE)

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def coalesce_many(n):
    e = " ?? ".join("cluster.zones" for i in range(190))
    return values(L(n, lambda i: f"      k{i} = {e}\n"))

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def plus_lists_many(n):
    e = " + ".join("[%d]" % i for i in range(190))
    return values(L(n, lambda i: f"      k{i} = {e}\n"))

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra")
def plus_texts_many(n):
    e = " + ".join('"%d"' % i for i in range(190))
    return values(L(n, lambda i: f"      k{i} = {e}\n"))

@case(sizes=(100*KB, 1*MB), group="extra")
def groups_uses(n):
    return P(HEAD + cat(addon()) + "group g {\n" + L(n, lambda i: f"  cluster c{i} {{ use c, c.web }}\n") + "}\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def clusters_paths_same(n):
    return P(HEAD + cat(addon()) + L(n, lambda i: f'cluster c{i} {{\n  path = "x"\n  use c\n}}\n'))

@case(sizes=(100*KB, 1*MB), group="extra")
def text_long_names(n):
    """one name of n bytes, everywhere"""
    return P(HEAD + cat(addon("", "a" + "b" * n)) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def cluster_long_name(n):
    return P(HEAD + cat(addon()) + f"cluster {'a'*n} {{ use c }}\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def unknown_long_names(n):
    """20 unknown names of n bytes over 20 known ones"""
    return P(HEAD + L(20, lambda i: f"let a{i}{'a'*n} = 1\n") + cat(addon("    values {\n" + L(20, lambda i: f"      k{i} = b{i}{'b'*n}\n") + "    }\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def unknown_enum_long(n):
    """fact of a union, a text of n bytes that is none of it"""
    return P("fleet acme { facts { e: \"test\" | \"production\" } }\n" + cat(addon()) + f'cluster one {{\n  e = "{"x"*n}"\n  use c\n}}\n')

@case(sizes=(100*KB, 1*MB), group="extra")
def where_many_values(n):
    """n values of a type with a condition of the library (regex)"""
    return P(HEAD + "let x: [DnsLabel] = [" + ", ".join(f'"v{i:06d}"' for i in range(n)) + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def where_many_bad(n):
    return P(HEAD + "let x: [DnsLabel] = [" + ", ".join(f'"V{i:06d}_"' for i in range(n)) + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def patterns_many(n):
    """n types with a pattern each, and a value"""
    return P(HEAD + L(n, lambda i: f'type T{i} = String where matches(it, "a{i}[a-z]+")\nlet l{i}: T{i} = "a{i}b"\n') + "cluster one { }\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def patterns_many_big(n):
    return P(HEAD + L(n, lambda i: f'type T{i} = String where matches(it, "(\\\\w{{{i%90+10}}}){{50}}a{i}")\nlet l{i}: T{i} = "a{i}b"\n') + "cluster one { }\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def record_defaults_reading(n):
    """a record whose n defaults read the first field"""
    return P(HEAD + "type T {\n  field: Int = 1\n" + L(n, lambda i: f"  field{i:06d}: Int = field\n") + "}\n" + cat(addon("    values: T { }\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def record_list_checked(n):
    """n objects of a record of 20 fields with defaults"""
    return P(HEAD + "type T {\n  name: String\n" + L(20, lambda i: f"  f{i}: Int = {i}\n") + "}\nlet x: [T] = [\n" + L(n, lambda i: f'  {{ name = "n{i}" }},\n') + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def union_records_checked(n):
    """n objects of a union of 20 records"""
    return P(HEAD + L(20, lambda i: f"type R{i} {{ k{i}: Int, name: String }}\n") + "type U = " + " | ".join(f"R{i}" for i in range(20)) + "\nlet x: [U] = [\n" + L(n, lambda i: f'  {{ name = "n{i}", k{i%20} = 1 }},\n') + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def union_records_many(n):
    """one value of a union of n records"""
    return P(HEAD + L(n, lambda i: f"type R{i} {{ k{i}: Int }}\n") + "type U = " + " | ".join(f"R{i}" for i in range(n)) + f"\nlet x: U = {{ k{n-1} = 1 }}\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def union_records_many_bad(n):
    return P(HEAD + L(n, lambda i: f"type R{i} {{ k{i}: Int }}\n") + "type U = " + " | ".join(f"R{i}" for i in range(n)) + f"\nlet x: U = {{ z = 1 }}\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def list_union_refined(n):
    return P(HEAD + "type A = Int where it > 5\ntype B = String where matches(it, \"[a-z]+\")\nlet x: [A | B] = [" + ", ".join((str(i + 6) if i % 2 else f'"a"') for i in range(n)) + "]\n" + cat(addon("    values.x = x\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def overrides_ranks_values(n):
    """two ranks of n keys each over n keys of an add-on"""
    return P("fleet acme { layers = [low, high] }\n" + cat(addon("    values {\n" + L(n, lambda i: f"      k{i} = 0\n") + "    }\n")) + ONE +
             "rule a in low { override web { values {\n" + L(n, lambda i: f"  k{i} = 1\n") + "} } }\nrule b in high { override web { values {\n" + L(n, lambda i: f"  k{i} = 2\n") + "} } }\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def values_long_typed(n):
    """n keys of values typed as a map"""
    return P(HEAD + "type V {\n  m: {String: Int}\n}\n" + cat(addon("    values: V {\n      m {\n" + L(n, lambda i: f"        k{i} = {i}\n") + "      }\n    }\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def release_labels(n):
    return P(HEAD + cat(addon("    release { postRenderers = [\n" + L(n, lambda i: f'      {{ kustomize {{ patches = [{{ patch = "a{i}" }}] }} }},\n') + "    ] }\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def namespace_labels(n):
    return P(HEAD + "catalogue c {\n  namespace d { labels {\n" + L(n, lambda i: f'    k{i} = "v"\n') + "  } }\n}\n" + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def substitute_many(n):
    """postBuild with n variables, and n uses"""
    return P(HEAD + "catalogue c {\n  namespace d { }\n  kustomization { postBuild { substitute {\n" + L(n, lambda i: f'    v{i} = "x"\n') + "  } } }\n  manifest m { apiVersion = \"v1\", kind = \"ConfigMap\", metadata.namespace = \"d\", data {\n" + L(n, lambda i: f'    k{i} = "${{v{i}}}"\n') + "  } }\n}\n" + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def irsa_many(n):
    return P("fleet acme { repository = \"ssh://git@x.example.com/a.git\"\n facts { account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" } }\n" + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", irsa {{ policies = ["ReadOnlyAccess"] }}, values.a = irsa.role-arn }}\n' for i in range(n)]) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def irsa_clusters(n):
    """n clusters times n roles"""
    return P("fleet acme { repository = \"ssh://git@x.example.com/a.git\"\n facts { account: AwsAccountId = \"111122223333\", region: AwsRegion = \"eu-west-1\" } }\n" + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", irsa {{ policies = ["ReadOnlyAccess"] }} }}\n' for i in range(n)]) + L(n, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(sizes=(100*KB,), group="extra")
def addons_clusters(n):
    """n add-ons on n clusters, each cluster different"""
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", values.z = cluster.zones + 1 }}\n' for i in range(n)]) + L(n, lambda i: f"cluster c{i} {{\n  zones = {i}\n  use c\n}}\n"))

@case(sizes=(100*KB,), group="extra")
def addons_clusters_alike(n):
    return P(HEAD + cat(*[f'  addon a{i} {{ source = charts, version = "1.0.0", values.z = cluster.zones }}\n' for i in range(n)]) + L(n, lambda i: f"cluster c{i} {{\n  zones = {i}\n  use c\n}}\n"))

@case(sizes=(100*KB, 1*MB), group="extra")
def rings_overrides(n):
    return P("fleet acme {\n  facts { e: " + lits(n) + " }\n  rings e = [" + ", ".join(f'"v{i:06d}"' for i in range(n)) + "]\n}\n" + cat(addon()) + L(n, lambda i: f'override web when cluster.e == "v{i:06d}" {{ version = "1.{n-i}.0" }}\n') + L(n, lambda i: f'cluster c{i} {{\n  e = "v{i:06d}"\n  use c\n}}\n'))

@case(sizes=(100*KB, 1*MB), group="extra")
def tenants_namespaces(n):
    return P(HEAD + "tenant t {\n  repositories = [r]\n  namespaces {\n" + L(n, lambda i: f"    n{i} {{ }}\n") + "  }\n}\nrepository r { url = \"https://git.example.com/x\", branch = \"main\" }\ncluster one { attach t }\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def manifest_list_objects(n):
    return P(HEAD + "catalogue c {\n  namespace default { }\n  manifest m = [\n" + L(n, lambda i: f'    {{ apiVersion = "v1", kind = "ConfigMap", metadata {{ name = "x{i}", namespace = "default" }} }},\n') + "  ]\n}\n" + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def docs_of_many(n):
    return P(HEAD + L(n, lambda i: f"/// {'d'*60} {i}\nlet l{i} = {i}\n") + "cluster one { }\n")

@case(sizes=(100*KB, 1*MB), group="extra")
def let_list_of_lets(n):
    """a list of n names of lets"""
    return P(HEAD + L(n, lambda i: f"let l{i} = {i}\n") + "let all = [" + ", ".join(f"l{i}" for i in range(n)) + "]\n" + cat(addon("    values.x = all\n")) + ONE)

@case(sizes=(100*KB, 1*MB), group="extra")
def fns_calling_all(n):
    """each of n functions calls the one before, and the first"""
    return P(HEAD + "fn f0(x: Int): Int = x\n" + L(n, lambda i: f"fn f{i+1}(x: Int): Int = f{i//2}(x) + f{i//3}(x)\n") + f"let x = f{n}(1)\ncluster one {{ }}\n")

for _n, _e in {
    "regex_nfa": 'matches(repeat("a", 1000000), "(a{0,1000}){0,100}b")',
    "regex_nfa_captures": 'captures(repeat("a", 1000000), "(a{0,1000}){0,100}b")',
    "regex_compile_loop": 'length([for x in range(0, 1000) => matches("a", "(\\\\w{80}){20}\\(x)")])',
    "pick_big": 'length(pick({for x in range(0, 200000) => "k\\(x)" = x}, [for x in range(0, 200000) => "k\\(x)"]))',
    "omit_big": 'length(omit({for x in range(0, 200000) => "k\\(x)" = x}, [for x in range(0, 200000) => "j\\(x)"]))',
    "indent_big": 'length(indent(repeat("a\\n", 2000000), 200))',
    "split_big": 'length(split(repeat("a", 5000000), ""))',
    "lines_big": 'length(lines(repeat("a\\n", 2500000)))',
    "to_yaml_deep": 'length(to-yaml(from-json(repeat("[", 100) + repeat("]", 100))))',
    "nested_lists_mem": "length([for x in range(0, 1000) => range(0, 1000)])",
    "text_mem": 'length([for x in range(0, 200) => repeat("a", 50000)])',
    "text_mem_distinct": 'length([for x in range(0, 1500) => repeat("a", 5000) + "\\(x)"])',
    "file_loop": 'length([for x in range(0, 1000000) => length(range(0, 0))])',
    "name_loop": "length([for x in range(0, 600000) => x + x])",
    "report_loop": 'length([for x in range(0, 600000) => [1][x + 5]])',
    "let_in_for": 'length([for x in range(0, 200000) => { let y = x\\n z = y }])'.replace("\\n", "\n"),
    "maps_mem": 'length([for x in range(0, 150000) => { a = x, b = x, c = x }])',
    "map_one_mem": 'length([for x in range(0, 150000) => { a = x }])',
    "obj_loop": 'length([for x in range(0, 3000) => {for y in range(0, 300) => "k\\(y)" = y}])',
    "calls_with_big": "length([for x in range(0, 100000) => length(big)])",
    "member_of_big": "length([for x in range(0, 100000) => big[x]])",
    "pass_big_fn": "length([for x in range(0, 1000) => f(big)])",
    "pass_big_fn_any": "length([for x in range(0, 1000) => g(big)])",
    "repeat_pad": 'length(pad-left("x", 7000000, "ä"))',
    "sort_by_texts": 'length(sort-by([for x in range(0, 50000) => { k = "\\(50000 - x)" }], "k"))',
    "compare_big": "length([for x in range(0, 100) if big == big2 => x])",
    "max_loop": "length([for x in range(0, 100) => max(big)])",
    "substitute_big": 'length(replace(repeat("ab", 500000), "a", "bbbb"))',
    "slug_big": 'slug(repeat("A-", 1000000))',
    "json_of_text": 'length(from-json("[" + repeat("1,", 900000) + "1]"))',
    "yaml_of_text": 'length(from-yaml("[" + repeat("1,", 900000) + "1]"))',
    "json_of_text_deep_ok": 'length(from-json(repeat("[", 120) + repeat("]", 120)))',
}.items():
    def _f(n, _e=_e):
        return value(_e, "let big = range(0, 100000)\nlet big2 = range(0, 100000)\nfn f(x: [Int]): Int = x[0]\nfn g(x: Any): Any = x\n")
    _f.__name__ = "fn2_" + _n
    _f.__doc__ = _e
    case(ns=(1,), group="extra", cmds=("check", "build"))(_f)

@case(sizes=(10*KB, 100*KB, 1*MB), group="extra2")
def long_line_errors(n):
    """one line of n unknown names: 20 of them are shown, each with the line"""
    return value("[" + ", ".join(f"other{i:06d}" for i in range(n)) + "]")

@case(sizes=(100*KB, 1*MB), group="extra2")
def long_line_data_errors(n):
    """JSON on one line, n values of the wrong type"""
    return P(HEAD + 'let x: [String] = json("x.json")\n' + cat(addon("    values.x = length(x)\n")) + ONE, x_json="[" + ",".join("1" for i in range(n)) + "]")

@case(sizes=(100*KB, 1*MB), group="extra2", cmds=("check", "build"))
def errors_many_short(n):
    return P(HEAD + L(n, lambda i: f"let l{i}: Int = \"x\"\n") + "cluster one { }\n")

@case(ns=(1,), group="extra2", cmds=("check", "build"))
def fn3_many_addons_range(n):
    """50 add-ons whose values hold 100,000 numbers each"""
    return P(HEAD + cat(*[addon("    values.x = range(0, 100000)\n", f"a{i}") for i in range(50)]) + ONE)

@case(ns=(10, 20, 40), group="extra2", cmds=("check", "build"))
def let_dag_wide(n):
    """a list of 1000, n levels of lists that hold it 10 times"""
    return P(HEAD + "let a0: Any = range(0, 1000)\n" + L(n, lambda i: f"let a{i+1}: Any = [" + ", ".join([f"a{i}"] * 10) + "]\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(2, 3, 4), group="extra2", cmds=("check", "build"))
def let_dag_wide_text(n):
    """a text of 1 MB, n levels of lists that hold it 10 times, in the values"""
    return P(HEAD + 'let a0: Any = repeat("0123456789", 100000)\n' + L(n, lambda i: f"let a{i+1}: Any = [" + ", ".join([f"a{i}"] * 10) + "]\n") + cat(addon(f"    values.x = a{n}\n")) + ONE)

@case(ns=(20, 200, 1000), group="extra2", cmds=("check", "build"))
def text_many_addons(n):
    """a text of 1 MB that n add-ons hold"""
    return P(HEAD + 'let a0: String = repeat("0123456789", 100000)\n' + cat(*[addon("    values.x = a0\n", f"a{i}") for i in range(n)]) + ONE)

@case(ns=(20, 200), group="extra2", cmds=("check", "build"))
def text_many_clusters(n):
    """a text of 1 MB with the cluster's name, on n clusters"""
    return P(HEAD + 'let a0: String = repeat("0123456789", 100000)\n' + cat(addon("    values.x = a0 + cluster.name\n")) + L(n, lambda i: f"cluster c{i} {{ use c }}\n"))

@case(ns=(20, 200), group="extra2", cmds=("check", "build"))
def text_many_clusters_distinct(n):
    return P(HEAD + 'let a0: String = repeat("0123456789", 100000)\n' + cat(addon("    values.x = a0 + string(length(cluster.name) + cluster.zones)\n")) + L(n, lambda i: f"cluster c{i} {{\n  zones = {i}\n  use c\n}}\n"))

@case(ns=(10, 50, 90), group="extra2")
def addon_deep_values_rules(n):
    """values 90 deep, n rules that amend them"""
    b = lambda i: "a { " * 80 + f"k{i} = {i}" + " }" * 80
    return P(HEAD + cat(addon("    values { " + b(0) + " }\n")) + ONE + L(n, lambda i: f"rule r{i} {{ override web {{ values {{ {b(i+1)} }} }} }}\n"))

@case(sizes=(100*KB, 1*MB), group="extra2")
def clusters_use_list(n):
    """one `use` line of n targets"""
    return P(HEAD + cat(addon()) + "cluster one { use " + ", ".join("c.web" for _ in range(n)) + " }\n")

@case(sizes=(100*KB, 1*MB), group="extra2")
def conflicts_many(n):
    """two rules of one rank that disagree n times"""
    return P(HEAD + cat(addon()) + ONE + "rule a { override web { values {\n" + L(n, lambda i: f"  k{i} = 1\n") + "} } }\nrule b { override web { values {\n" + L(n, lambda i: f"  k{i} = 2\n") + "} } }\n")

@case(sizes=(100*KB, 1*MB), group="extra2")
def same_effect_many(n):
    """an override of n keys that changes nothing"""
    return over(L(n, lambda i: f"      k{i} = {i}\n"), L(n, lambda i: f"      k{i} = {i}\n"))

@case(sizes=(100*KB, 1*MB), group="extra2")
def list_keys_pins(n):
    """a selector with n pins"""
    return over("      l = [{ name = \"a\" }]\n", "      l[" + ", ".join(f'k{i} = "a"' for i in range(n)) + "].x = 1\n")

@case(sizes=(100*KB, 1*MB), group="extra2")
def enum_switch_facts(n):
    """n rules by a fact of a union of n, one cluster each"""
    return P(f"fleet acme {{ facts {{ e: {lits(n)} }} }}\n" + cat(addon()) + L(n, lambda i: f'rule r{i} when cluster.e == "v{i:06d}" {{ override web {{ values.k = {i} }} }}\ncluster c{i} {{\n  e = "v{i:06d}"\n  use c\n}}\n'))

@case(sizes=(100*KB, 1*MB, 10*MB), group="extra2", cmds=("check", "build"))
def json_hash_collisions(n):
    """keys that rustc-hash 2.1.3 gives one hash: block 3 begins with what blocks 1 and 2 left"""
    keys = [f"00000000000022740123456789abcdefkKU9?y}}0{i:08d}0123456789abcdef" for i in range(n)]
    return wrap("json", "x.json", "{" + ",".join(f'"{k}":1' for k in keys) + "}")

# ------------------------------------------------------------------ how large they are

def total(files):
    """The bytes of a project."""
    return sum(len(it.encode() if isinstance(it, str) else it) for it in files.values())


def n_for(f, target):
    """How many make a project of about so many bytes."""
    few, more = total(f(400)), total(f(800))
    n = max(1, int((target - few) / max((more - few) / 400, 1)) + 400)
    # Numbers have more digits where there are more of them: once more, nearer.
    return max(1, int(n * target / total(f(n)))) if n > 800 else n


def write(files, at):
    for path, text in files.items():
        path = os.path.join(at, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out: out.write(text.encode() if isinstance(text, str) else text)
