"""Colours blocks of the language in the site: a hook of mkdocs. Words are those that editors know."""
import json, os, re, sys
from pygments.lexer import RegexLexer, words
from pygments.lexers import LEXERS
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

GRAMMAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../editors/vscode/syntaxes/fleet.tmLanguage.json")
__all__ = ["FleetLexer"]


def keywords():
    """The alternatives of the grammar: `addon|source|…`."""
    with open(GRAMMAR) as it:
        found = re.findall(r"\(((?:\?:)?[a-z-]+(?:\|[a-z-]+)+)\)", it.read())
    return sorted({word for it in found for word in it.removeprefix("?:").split("|")})


class FleetLexer(RegexLexer):
    name, aliases, filenames = "Fleet", ["fleet"], ["*.fleet"]
    tokens = {"root": [
        (r"//.*$", Comment.Single),
        (r'"""', String, "text"),
        (r'#"[^\n]*?"#', String),
        (r'"(?:\\.|[^"\\\n])*"', String),
        (r"[A-Z]\w*", Name.Class),
        # A name that is given a value is a name, whatever it is called.
        (r"[a-zA-Z_][\w-]*(?=(?:\.[\w-]+)*\s*(?:\+?=(?!=)|:(?!:)))", Name.Attribute),
        (words(keywords(), prefix=r"(?<![\w.-])", suffix=r"(?![\w-])"), Keyword),
        (r"[a-zA-Z_][\w-]*", Name),
        (r"\d[\d_.]*", Number),
        (r"[=!<>+*/?|&-]+", Operator),
        (r"[{}()\[\],.:;@]", Punctuation),
        (r"\s+", Text),
        (r".", Text),
    ], "text": [(r'"""', String, "#pop"), (r'[^"]+|"', String)]}


sys.modules["fleet_lexer"] = sys.modules[__name__]
LEXERS["FleetLexer"] = ("fleet_lexer", FleetLexer.name, FleetLexer.aliases, FleetLexer.filenames, ())
