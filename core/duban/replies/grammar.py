"""What the words of a reply mean: a table of wordings, the more particular before the more general.

The rules read folded text (see marks, vocabulary). Each takes the characters that it reads: 没有完成
is never also a 完成.
"""

from __future__ import annotations

import re

from duban.replies import progress, requests

RULES = (*requests.RULES, *progress.RULES)

QUESTION = re.compile(
    r"[?？]$|吗[哈呀]?$|什么$|(?<!个)啥$|是啥|能不能|可不可以|能否|可否|请问|怎么(?!也|都|样都)|"
    r"如何|什么时候|"
    r"啥时候|何时|哪(?:天|个|些|里|儿|家|位|年|一)|几号|多少(?!都)|为什么|为啥|"
    r"是不是|要不要|需不需要|有没有(?=[^，。]*[?？呢]?$)|是否|行不行|可以吗|谁(?:$|来|负责|牵头|管|"
    r"是)|(?:报|交|发|填)(?:给谁|什么|到哪)|干啥|咋|"
    r"什么(?:意思|材料|要求|格式|内容|标准|文件|是|叫|情况)|(?:不知道|不清楚|想问|问一?下|咨询|请教)"
)
STATEMENTS = re.compile(  # a question word that asks nothing
    r"(?:无论|不管|不论)(?:怎么|如何|多少|是否)|"
    r"(?:研究|讨论|商量|商讨|论证|协商|评估|核实|明确|摸索)[^，。]{0,6}(?:怎么|如何|是否|哪|多少|能否)(?!.*[?？吗]$)"
)
