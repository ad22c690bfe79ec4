#!/usr/bin/env python3
"""Writes households.csv: the households of 清岚市, a city that does not exist. The same file every time.

Nothing in it is anybody's: telephone prefixes 154, 160 and 164 are not given out, ID numbers begin with 990101, which is
no place, and the companies are invented. ID and tax numbers have right check characters.

The first ten accounts are chosen to show one rule each:
  1000000001  89.52 m² at 25.00 → 2,238.00, nothing else
  1000000002  owes 2024-2025 and 2025-2026
  1000000003  low income: the city pays 85 % of the first 45 m²
  1000000004  a loft with and one without radiator
  1000000005  standby
  1000000006  a shop with a storey of 4.2 m
  1000000007  a company
  1000000008  heated since 2026-12-10 only
  1000000009  metered: cannot be billed yet
  1000000010  a hall of 7.2 m: priced by hand
Ten rows further down are broken on purpose, each in another way: see BROKEN.
"""

import csv
import random
from pathlib import Path

HEADER = (
    "户号 户主 身份证号 联系电话 单位名称 纳税人识别号 分公司 换热站 小区 楼栋 单元 楼层 房号 建筑面积 套内面积 使用面积 收费面积 "
    "层高 用热性质 单价类别 结算方式 热量表号 供暖状态 供热开始日期 供热结束日期 合同号 低保证号 "
    "阁楼面积（有散热器） 阁楼面积（无散热器） 车库面积 陈欠2024-2025 陈欠2025-2026"
).split()

# Branch, substation, community, buildings, units a building, floors.
COMMUNITIES = [
    ("城东分公司", "东湖路换热站", "锦绣花园", 4, 3, 6),
    ("城东分公司", "东湖路换热站", "东湖春晓", 3, 2, 11),
    ("城东分公司", "学府街换热站", "学府雅苑", 3, 2, 6),
    ("城东分公司", "学府街换热站", "师院家属院", 3, 3, 5),
    ("城西分公司", "钢城换热站", "钢城新村", 5, 4, 5),
    ("城西分公司", "钢城换热站", "向阳里", 4, 3, 6),
    ("城西分公司", "西岭换热站", "西岭国际", 2, 2, 18),
    ("城西分公司", "西岭换热站", "云栖公馆", 2, 1, 17),
    ("北城分公司", "青石桥换热站", "青石桥小区", 5, 3, 6),
    ("北城分公司", "青石桥换热站", "梧桐里", 3, 2, 7),
    ("北城分公司", "北站换热站", "铁路北苑", 4, 3, 6),
    ("北城分公司", "北站换热站", "滨河湾", 2, 2, 15),
]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
DOUBLE_SURNAMES = ["欧阳", "上官", "司马", "诸葛"]
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉梅春秀珍红建国文辉力志海波宁晨曦雨欣怡然子涵浩宇思远佳琪嘉慧博睿泽清岚书墨"
BUSINESSES = ["晨光文具店", "好味来餐厅", "康泰大药房", "百家便利店", "清岚书局", "云裳服饰", "安居房产", "瑞丰超市", "同心茶社", "时代影像", "利民五金", "春风理发馆"]
COMPANIES = ["清岚市启明软件有限公司", "清岚市北方建材有限公司", "清岚市瑞和物业服务有限公司", "清岚市青石桥商贸有限公司", "清岚市远航物流有限公司", "清岚市蓝鲸酒店管理有限公司"]
PUBLIC = [("清岚市第三中学", "教学楼"), ("清岚市实验小学", "教学楼"), ("清岚市妇幼保健院", "门诊楼"), ("清岚市图书馆", "主楼")]

rng = random.Random(20261115)


def id_number(sequence):
    """A resident identity number of a place that does not exist, with its check character (GB 11643)."""
    year, month, day = rng.randint(1948, 1999), rng.randint(1, 12), rng.randint(1, 28)
    body = f"990101{year}{month:02}{day:02}{sequence % 1000:03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def tax_number(sequence):
    """A unified social credit code of an invented company, with its check character (GB 32100)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91990101MA{sequence:07}"
    remainder = sum(letters.index(c) * pow(3, at, 31) for at, c in enumerate(body)) % 31
    return body + letters[(31 - remainder) % 31]


def name():
    surname = rng.choice(DOUBLE_SURNAMES) if rng.random() < 0.01 else rng.choice(SURNAMES)
    return surname + "".join(rng.choice(GIVEN) for _ in range(rng.choice([1, 2, 2])))


def hundredths(value):
    """Hundredths of a square metre as text."""
    return f"{value // 100}.{value % 100:02}"


def yuan(area_hundredths, fen_per_m2):
    """The fee of an area, rounded half up to the fen."""
    fen = (area_hundredths * fen_per_m2 + 50) // 100
    return f"{fen // 100}.{fen % 100:02}"


def household(account, place, **columns):
    branch, substation, community = place[:3]
    row = dict.fromkeys(HEADER, "")
    row |= {"户号": str(account), "分公司": branch, "换热站": substation, "小区": community}
    row |= {"用热性质": "居民", "单价类别": "residential", "结算方式": "面积", "供暖状态": "正常", "层高": "2.8"}
    row |= {"户主": name(), "联系电话": f"{rng.choice(['154', '160', '164'])}{account % 100_000_000:08}"}
    return row | columns


def home(account, place, building, unit, floor, door, gross=None, **columns):
    """A flat. Inside its walls it has about 82 %, to use about 74 % of the gross area."""
    gross = gross or rng.choice([4586, 5240, 5873, 6412, 6890, 7531, 8127, 8952, 9348, 10215, 11836, 12644, 13927, 15268]) + rng.randint(0, 87)
    net, usable = gross * rng.randint(79, 85) // 100, gross * rng.randint(70, 76) // 100
    areas = {"建筑面积": hundredths(gross), "套内面积": hundredths(net), "使用面积": hundredths(usable)}
    where = {"楼栋": f"{building}号楼", "单元": f"{unit}单元", "楼层": str(floor), "房号": f"{floor}{door:02}"}
    papers = {"身份证号": id_number(account), "合同号": f"QL{account}"}
    return household(account, place, **(where | areas | papers | columns)), gross


def business(account, place, building, gross, **columns):
    """A shop, an office or a public building."""
    where = {"楼栋": building, "楼层": "1", "房号": f"商{account % 100:02}"}
    areas = {"建筑面积": hundredths(gross), "套内面积": hundredths(gross * 88 // 100), "收费面积": hundredths(gross)}
    use = {"用热性质": "非居民", "单价类别": "commercial", "层高": "3.3", "合同号": f"QF{account}"}
    return household(account, place, **(where | areas | use | columns))


def showcase(place):
    first = lambda account, door, gross, **columns: home(account, place, 1, 1, 5, door, gross, **columns)[0]
    firm = {"户主": COMPANIES[0], "单位名称": COMPANIES[0], "纳税人识别号": tax_number(7)}
    return [
        first(1000000001, 1, 8952, 户主="林晓晨", 套内面积="73.41", 使用面积="66.25"),
        first(1000000002, 2, 10468, 户主="周文博", **{"陈欠2024-2025": yuan(10468, 2400), "陈欠2025-2026": yuan(10468, 2500)}),
        first(1000000003, 3, 6230, 户主="韩玉珍", 低保证号="QLDB2026000003"),
        home(1000000004, place, 2, 1, 6, 1, 12350, 户主="顾清岚", **{"阁楼面积（有散热器）": "32.40", "阁楼面积（无散热器）": "18.65"})[0],
        home(1000000005, place, 2, 1, 4, 2, 9581, 户主="沈建国", 供暖状态="报停")[0],
        business(1000000006, place, "沿街商铺", 13680, 户主=BUSINESSES[0], 层高="4.2"),
        business(1000000007, place, "写字楼A座", 86425, **firm),
        home(1000000008, place, 3, 2, 3, 1, 8873, 户主="许嘉怡", 供暖状态="部分供暖", 供热开始日期="2026-12-10")[0],
        home(1000000009, place, 3, 2, 4, 1, 9126, 户主="邵志海", 结算方式="计量", 热量表号="RB20260009")[0],
        business(1000000010, place, "会展中心", 235000, 户主="清岚会展中心", 层高="7.2"),
    ]


def homes(accounts):
    """Flats door by door, with what befalls one here and there."""
    for place in COMMUNITIES:
        _, _, _, buildings, units, floors = place
        doors = [(b, u, f, d) for b in range(1, buildings + 1) for u in range(1, units + 1) for f in range(1, floors + 1) for d in (1, 2)]
        for building, unit, floor, door in sorted(rng.sample(doors, 40)):
            # The showcase has these in the first community.
            if place is COMMUNITIES[0] and building <= 3 and floor in (3, 4, 5, 6):
                continue
            account = next(accounts)
            row, gross = home(account, place, building, unit, floor, door)
            befall(row, gross, account, floor == floors)
            yield row


def befall(row, gross, account, top):
    lot = rng.random()
    if lot < 0.06:
        row["陈欠2025-2026"] = yuan(gross, 2500)
    elif lot < 0.08:
        row |= {"陈欠2024-2025": yuan(gross, 2400), "陈欠2025-2026": yuan(gross, 2500)}
    elif lot < 0.09:
        row["陈欠2025-2026"] = yuan(gross, 1250)
    elif lot < 0.13:
        row["供暖状态"] = "报停"
    elif lot < 0.16:
        row["低保证号"] = f"QLDB2026{account % 1_000_000:06}"
    elif lot < 0.17:
        row |= {"供暖状态": "部分供暖", "供热开始日期": f"2026/12/{rng.randint(1, 28)}"}
    elif lot < 0.19:
        row["车库面积"] = hundredths(rng.randint(1850, 2660))
    elif lot < 0.20:
        row["联系电话"] = f"0990-{2_000_000 + account % 1_000_000}"
    if top and rng.random() < 0.3:
        row["阁楼面积（有散热器）" if rng.random() < 0.5 else "阁楼面积（无散热器）"] = hundredths(rng.randint(1520, 4380))
    if rng.random() < 0.05:
        row["层高"] = "3.0"


def businesses(accounts):
    for at, shop in enumerate(BUSINESSES[1:]):
        high = rng.choice(["3.3", "3.6", "3.9", "4.2", "4.5", "5.1"])
        arrears = {"陈欠2025-2026": yuan(9000 + 137 * at, 4000)} if at % 5 == 1 else {}
        yield business(next(accounts), rng.choice(COMMUNITIES), "沿街商铺", 4200 + 1371 * at, 户主=shop, 层高=high, **arrears)
    for at, company in enumerate(COMPANIES[1:]):
        papers = {"户主": company, "单位名称": company, "纳税人识别号": tax_number(100 + at)}
        yield business(next(accounts), rng.choice(COMMUNITIES), "写字楼B座", 32500 + 18437 * at, **papers)
    for at, (school, building) in enumerate(PUBLIC):
        papers = {"户主": school, "单位名称": school, "纳税人识别号": tax_number(200 + at), "单价类别": "public", "层高": "3.6"}
        yield business(next(accounts), rng.choice(COMMUNITIES), building, 182000 + 96350 * at, **papers)
    for method, meter in (("计量", "RB20260101"), ("两部制", "RB20260102")):
        yield home(next(accounts), COMMUNITIES[7], 1, 1, 9, 1, 11253, 结算方式=method, 热量表号=meter)[0]


# What is broken, where (after so many rows), and how. The import must refuse each with its line.
BROKEN = [
    (40, lambda row: row | {"户号": "1000000001"}),  # twice
    (85, lambda row: row | {"建筑面积": "约90"}),  # no number
    (130, lambda row: row | {"建筑面积": "-76.50"}),  # negative
    (175, lambda row: row | {"身份证号": row["身份证号"][:17] + ("1" if row["身份证号"][17] != "1" else "2")}),  # wrong check
    (220, lambda row: row | {"联系电话": "1600000042"}),  # a digit lost
    (265, lambda row: row | {"用热性质": "民用"}),  # no such use
    (310, lambda row: row | {"小区": ""}),  # nowhere
    (355, lambda row: row | {"户号": "1.00E+09"}),  # what Excel makes of it
    (400, lambda row: row | {"陈欠2025-2026": "-120.00"}),  # owes less than nothing
    (445, lambda row: {k: row[k] for k in HEADER[:20]}),  # cut off
]


def main():
    accounts = iter(range(1000000011, 1000010000))
    good = [*showcase(COMMUNITIES[0]), *homes(accounts), *businesses(accounts)]
    rows = []
    for at, row in enumerate(good, start=1):
        rows.append(row)
        for after, spoil in BROKEN:
            if after == at:
                rows.append(spoil(home(next(accounts), COMMUNITIES[4], 1, 1, 1, 1)[0]))
    with Path(__file__).with_name("households.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows([row[column] for column in HEADER if column in row] for row in rows)
    print(f"{len(good)} households, {len(BROKEN)} broken rows")


if __name__ == "__main__":
    main()
