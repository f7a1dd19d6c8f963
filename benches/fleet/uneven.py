#!/usr/bin/env python3
"""Fleets in which no two clusters are alike, and what they may cost: the second half of `budgets.py`.

    uneven.py KIND N DIR      writes one of the fleets below

pins      `gen.py --own 5`: the fleet of the peers, each cluster pinning five versions of its own
library   N clusters of 30 add-ons of the standard library, an account each, five overrides each
rows      N clusters of a CSV file, overrides in the inventory that read its row, 40 rules
group     the same tree, by overrides in a group that read facts
tenants   N clusters to which 200 tenants are attached
"""
import os, shutil, sys
import gen, run

REGIONS = ["eu-west-1", "eu-central-1", "us-east-1", "us-west-2", "ap-southeast-1", "sa-east-1"]
LIBRARY = """ack-s3 ack-sqs argo-rollouts aws-ebs-csi-driver aws-efs-csi-driver aws-for-fluent-bit aws-load-balancer-controller
cert-manager cluster-autoscaler descheduler external-dns external-secrets falco flagger goldilocks grafana ingress-nginx
karpenter keda kube-prometheus-stack kyverno metrics-server node-problem-detector podinfo prometheus-adapter reloader
secrets-store-csi-driver tempo velero vpa""".split()
ANNOTATED = ["metrics-server", "external-dns", "cluster-autoscaler", "velero", "descheduler", "grafana", "vpa", "podinfo"]


def library(n):
    items = "".join(f"  addon {it} from std.addons.{it} {{ }}\n" for it in LIBRARY)
    files = {
        "fleet.fleet": 'fleet uneven {\n  repository = "https://git.example.com/platform/fleet"\n  layers = [environment]\n'
                       '  facts { account: AwsAccountId, region: AwsRegion, environment: "test" | "production" }\n}\n',
        "catalogue.fleet": f"catalogue addons {{\n{items}}}\n"
                           'rule production in environment when cluster.environment == "production" {\n'
                           "  override metrics-server { params { replicas = 3 } }\n}\n"}
    for i in range(n):
        own = "".join(f'  override {ANNOTATED[(i + 3 * k) % 8]} {{ values.podAnnotations.owner = "team-{i}-{k}" }}\n' for k in range(5))
        files[f"sites/{i // 100}/c{i:05d}.fleet"] = (
            f'cluster c{i:05d} {{\n  account = "{200000000000 + 7919 * i}"\n  region = "{REGIONS[i % 6]}"\n'
            f'  environment = "{("test", "production", "production")[i % 3]}"\n  use addons\n{own}}}\n')
    return files


COLUMNS = ["name", "region", "environment", "tier", "size", "cost", "cidr", "zone", "owner", "window"]
READ = {"cost": 0, "owner": 0, "cidr": 1, "window": 2, "zone": 2}


def of_rows(n, in_group):
    said = lambda it: f"cluster.{it}" if in_group else f"row.{it}"
    overrides = "".join(f"    override app-{nth:02d} {{ values.{column} = {said(column)} }}\n" for column, nth in READ.items())
    overrides += f'    override app-03 {{ values.ident = "\\({said("tier")})-\\({said("zone")})-x" }}\n'
    facts = [it for it in COLUMNS if it not in ("name", "size") and (in_group or it not in READ)]
    types = "".join(f"{it}: String, " for it in facts if it != "region") + "region: AwsRegion, size: Int"
    rules = "".join(
        f"rule r{k} in l{k} when cluster.size > {k % 7} and cluster.tier {'==' if k % 2 else '!='} \"{('gold', 'silver', 'bronze')[k % 3]}\" {{\n"
        f"  override app-{k % 30:02d} {{ values {{ replicas = {k + 2}, limits.cpu = \"{k + 2}00m\" }} }}\n}}\n" for k in range(40))
    addons = "".join(
        f'  addon app-{k:02d} {{\n    source = charts\n    version = "1.{k}.0"\n    values {{\n      replicas = 1\n      cluster = cluster.name\n'
        f'      region = cluster.region\n      image {{ tag = "1.{k}", repository = "registry.example.com/app-{k}" }}\n'
        f'      limits {{ cpu = "100m", memory = "1Gi" }}\n    }}\n  }}\n' for k in range(30))
    rows = "".join(
        f"c{i:05d},{REGIONS[i % 6]},{('test', 'staging', 'production')[i % 3]},{('gold', 'silver', 'bronze')[i % 3]},{i % 9},cc-{i},"
        f"10.{i // 256}.{i % 256}.0/24,z{i % 5},o{i % 101}@example.com,{i % 24}:00\n" for i in range(n))
    settings = "".join(f"      {it} = row.{it}\n" for it in ["name", "size", *facts])
    return {
        "fleet.fleet": f'fleet uneven {{\n  layers = [{", ".join(f"l{k}" for k in range(40))}]\n  facts {{ {types} }}\n}}\n',
        "catalogue.fleet": f'catalogue apps {{\n  source charts = helm "https://charts.example.com"\n{addons}}}\n',
        "rules.fleet": rules,
        "clusters.fleet": f'type Row {{ {", ".join(f"{it}: " + ("Int" if it == "size" else "String") for it in COLUMNS)} }}\ngroup stores {{\n'
                          + (overrides if in_group else "")
                          + '    inventory all from csv("rows.csv") as row: Row {\n' + settings + "      use apps\n"
                          + ("" if in_group else overrides) + "    }\n}\n",
        "rows.csv": ",".join(COLUMNS) + "\n" + rows}


def tenants(n, tenants=200):
    names = [f"team-{k:03d}" for k in range(tenants)]
    said = "".join(
        f'tenant {it} {{\n  repositories = [{it}-apps]\n  labels {{ team = "{it}" }}\n  quota {{ pods = 50 }}\n  network = "isolated"\n}}\n'
        f'repository {it}-apps {{\n  url = "https://git.example.com/{it}.git"\n  branch = "main"\n  path = "./clusters/\\(cluster.name)"\n}}\n'
        for it in names)
    clusters = "".join(f'cluster c{i:05d} {{\n  region = "{REGIONS[i % 6]}"\n  attach {", ".join(names)}\n}}\n' for i in range(n))
    return {"fleet.fleet": 'fleet uneven {\n  lockdown = true\n  repository = "https://git.example.com/platform/fleet"\n  facts { region: AwsRegion }\n}\n',
            "tenants.fleet": said, "clusters.fleet": clusters}


KINDS = {"library": library, "rows": lambda n: of_rows(n, False), "group": lambda n: of_rows(n, True), "tenants": tenants}


def write(files, root):
    shutil.rmtree(root, ignore_errors=True)
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as h: h.write(text)


def split(path, most=5000):
    """clusters in files of `most` each: a source has 2 MiB at most"""
    clusters = open(path).read().split("\ncluster ")
    if len(clusters) <= most: return
    os.remove(path)
    for nth in range(0, len(clusters), most):
        part = [it if it.startswith("cluster ") else "cluster " + it for it in clusters[nth:nth + most]]
        with open(f"{path[:-6]}-{nth}.fleet", "w") as h: h.write("\n".join(part))


class Bench:
    """Commands of fleetc on one fleet, in a directory of its own."""
    def __init__(self, a, name, files=None, gen_args=None):
        self.a, self.src, self.env = a, os.path.join(a.work, "uneven-" + name), run.peers(a.tools, a.fleetc)[1]
        if files: write(files, self.src)
        else:
            gen.write(*gen_args[:2], self.src + ".all", langs=["fleetc"], own=gen_args[2])
            shutil.rmtree(self.src, ignore_errors=True)
            os.rename(self.src + ".all/fleetc", self.src)
            split(os.path.join(self.src, "clusters.fleet"))
        self.out = self.src + ".out"

    def measure(self, *args, ok=True):
        command = [self.a.fleetc, "-C", self.src, *args]
        # `--check` ends with 1 where the tree is not what it should be.
        r = run.measure([command if ok else ["sh", "-c", '"$@"; test $? -le 1', "sh", *command]], self.env, 600, 20)
        if "fail" in r: sys.exit(f"{args}: {r['fail']}")
        return r

    def cold(self):
        for d in (self.out, os.path.join(self.src, ".fleetc")): shutil.rmtree(d, ignore_errors=True)
        os.makedirs(self.out)
        return self.measure("build", "--out", self.out)

    def again(self, path, old, new, *args, ok=True):
        """after an edit of one text in one file"""
        path = os.path.join(self.src, path)
        text = open(path).read()
        if old not in text: sys.exit(f"{path} has no {old!r}")
        with open(path, "w") as h: h.write(text.replace(old, new, 1))
        r = self.measure(*(args or ("build", "--out", self.out)), ok=ok)
        with open(path, "w") as h: h.write(text)
        return r

    def copied(self):
        copy = self.out + ".copy"
        shutil.rmtree(copy, ignore_errors=True)
        r = run.measure([["cp", "-r", self.out, copy]], self.env, 600, 20)
        shutil.rmtree(copy, ignore_errors=True)
        return r

    def close(self):
        for d in (self.src, self.src + ".all", self.out): shutil.rmtree(d, ignore_errors=True)


def median(what, runs, key="cpu"):
    got = sorted(what()[key] for _ in range(runs))
    return got[len(got) // 2]


def rows(a, row, jsonnet):
    """Adds the rows to the table; `jsonnet(C, A, own)` measures the peers: CPU and peak by name."""
    ratio = lambda it: f"1/{1 / it:.1f}" if it < 1 else f"{it:.1f}"
    even, own = {}, {}
    for C, A, budget in ((1000, 50, 8), (1000, 20, 5), (100, 20, 2)):
        got = jsonnet(C, A, 5)
        own[(C, A)] = got["fleetc"]
        of = got["fleetc"][0] / got["jrsonnet"][0]
        row(f"five versions pinned on each cluster, {C:,} x {A}", f"CPU <= 1/{budget} of jrsonnet", of, 1 / budget,
            f"{ratio(of)} ({got['fleetc'][0]:.3f} s to {got['jrsonnet'][0]:.3f} s)")
        if (C, A) == (1000, 50):
            of = got["fleetc"][0] / got["python-json"][0]
            row("", "CPU <= 1/3 of python-json", of, 1 / 3, f"{ratio(of)} ({got['python-json'][0]:.3f} s)")
    it = Bench(a, "even", gen_args=(1000, 50, 0))
    even = (median(it.cold, a.runs), median(it.cold, 3, "rss_mib"))
    micros, kib = (own[(1000, 50)][0] - even[0]) / 5000 * 1e6, (own[(1000, 50)][1] - even[1]) / 5000 * 1024
    row("a release that is pinned", "CPU <= 15 us", micros, 15, f"{micros:.0f} us")
    row("", "peak memory <= 2 KiB", kib, 2, f"{kib:.1f} KiB")
    it.close()
    thirty = Bench(a, "thirty", gen_args=(1000, 30, 0))
    base = median(thirty.cold, a.runs)
    thirty.close()
    it = Bench(a, "library", library(1000))
    cold, peak = median(it.cold, a.runs), median(it.cold, 3, "rss_mib")
    row("30 add-ons of the library, five overrides on each of 1,000 clusters", "CPU <= 3 x the even fleet of 1,000 x 30", cold / base, 3,
        f"{cold / base:.1f} ({cold:.3f} s to {base:.3f} s; {peak:.0f} MiB)")
    for command in (("why", "c00500", "velero.version"), ("render", "c00500"), ("compare", "c00500", "c00501")):
        of = median(lambda: it.measure(*command), a.runs) / cold
        row(f"`{command[0]}` of one cluster of these", "CPU <= 1/10 of the cold build", of, 0.1, ratio(of))
    edit = ("sites/5/c00500.fleet", "team-500-0", "team-other")
    of = median(lambda: it.again(*edit), a.runs) / cold
    row("one cluster's value changed, a new process", "CPU <= 1/5 of the cold build", of, 0.2, ratio(of))
    it.close()
    it, group = Bench(a, "rows", of_rows(3000, False)), Bench(a, "group", of_rows(3000, True))
    cold, base, peak = median(it.cold, a.runs), median(group.cold, a.runs), median(it.cold, 3, "rss_mib")
    row("3,000 clusters of a CSV file, overrides read their rows", "CPU <= 2 x overrides in a group", cold / base, 2,
        f"{cold / base:.1f} ({cold:.3f} s to {base:.3f} s; {peak:.0f} MiB)")
    it.close(), group.close()
    it = Bench(a, "rollout", gen_args=(1000, 50, 0))
    wall = median(it.cold, a.runs, "wall")
    edit = ("environments.fleet", "replicaCount = 3", "replicaCount = 4")
    for name, args, ok in (("build", ("build", "--out", it.out), True), ("build --check", ("build", "--check", "--out", it.out), False)):
        def one():
            it.cold()
            return it.again(*edit, *args, ok=ok)
        got = median(one, a.runs, "wall")
        row(f"one value of all clusters changes, 1,000 x 50, `{name}`", "wall <= 1.3 x a cold build", got / wall, 1.3, f"{got / wall:.2f} ({got:.3f} s)")
    it.close()
    if a.small: return
    it = Bench(a, "tenants", tenants(300))
    wall, peak = median(it.cold, 3, "wall"), median(it.cold, 1, "rss_mib")
    copy = median(it.copied, 3, "wall")
    row("200 tenants on each of 300 clusters", "wall <= 2.5 x `cp -r`", wall / copy, 2.5, f"{wall / copy:.1f} ({wall:.1f} s to {copy:.1f} s)")
    row("", "peak memory <= 400 MiB", peak, 400, f"{peak:.0f} MiB")
    it.close()
    it = Bench(a, "large", gen_args=(50000, 50, 0))
    small = Bench(a, "tenth", gen_args=(5000, 50, 0))
    got, tenth = it.cold(), small.cold()
    row("50,000 x 50", "CPU <= 11 x 5,000 x 50", got["cpu"] / tenth["cpu"], 11, f"{got['cpu'] / tenth['cpu']:.1f} ({got['cpu']:.1f} s)")
    row("", "peak memory <= 600 MiB", got["rss_mib"], 600, f"{got['rss_mib']:.0f} MiB")
    it.close(), small.close()


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS: sys.exit(__doc__)
    write(KINDS[sys.argv[1]](int(sys.argv[2])), sys.argv[3])
