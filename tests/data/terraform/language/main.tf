# Expressions of all kinds. `plan.json` is what Terraform 1.11.4 planned for them.

variable "zones" {
  type    = map(number)
  default = { b = 1, a = 0, c = 2 }
}

variable "service" {
  type = object({
    name     = string
    replicas = optional(number, 3)
    ports    = optional(list(number), [9003])
    labels   = optional(map(string))
  })
  default = { name = "approval" }
}

variable "port" {
  type    = string
  default = 5432
}

variable "flag" {
  type    = bool
  default = "true"
}

variable "nothing" {
  type    = string
  default = null
}

variable "required" {
  type     = string
  default  = "fallback"
  nullable = false
}

variable "tags" {
  type    = set(string)
  default = ["b", "a", "b"]
}

locals {
  name  = "vvb-${var.service.name}"
  cidr  = "10.20.0.0/16"
  hosts = ["db-1", "db-2", "db-3"]

  users = [
    { name = "anna", team = "approval", admin = true },
    { name = "ben", team = "audit", admin = false },
    { name = "cleo", team = "approval", admin = false },
  ]

  matrix = [[1, 2], [3], []]
}

resource "terraform_data" "values" {
  input = {
    null_default  = var.nothing == null ? "none" : var.nothing
    not_nullable  = var.required
    port          = var.port
    port_plus_one = var.port + 1
    flag          = var.flag
    set           = var.tags
    object        = var.service
    big           = 12345678901234567890
    fraction      = 1 / 4
    whole         = 6 / 3
    modulo        = -7 % 3
    exponent      = 1.5e3
    negative      = -var.zones.c
    precedence    = 1 + 2 * 3 - 4 / 2
    compared      = [1 < 2, 2 <= 2, "a" == "a", "1" == 1, 1 == 1.0, null == null, [1] == [1], { a = 1 } == { a = 1 }]
    logic         = [true && false, true || false, !true, false || !false]
    nested        = (true ? (false ? 1 : 2) : 3)
    mixed         = true ? "text" : "other"
    index         = local.hosts[1]
    legacy        = local.hosts.2
    key           = var.zones["a"]
    computed_key  = { (local.name) = 1, "quoted key" = 2, bare = 3 }
  }
}

resource "terraform_data" "strings" {
  input = {
    plain     = "a\tb\n\"c\" \\ \u00e4 \U0001F600"
    literal   = "$${not} %%{either}"
    joined    = "${local.name}-${var.port}-${true}-${1.50}"
    directive = "%{if var.flag}on%{else}off%{endif}"
    loop      = "%{for host in local.hosts}${host};%{endfor}"
    trimmed   = "a  ${~" b "~}  c"
    heredoc   = <<EOT
first ${local.name}
  second
EOT
    indented  = <<-EOT
      server {
        listen ${var.port};
      %{for host in local.hosts~}
        allow ${host};
      %{endfor~}
      }
    EOT
    folded = trimspace(<<-EOT
        one
          two
    EOT
    )
  }
}

resource "terraform_data" "collections" {
  input = {
    for_list     = [for host in local.hosts : upper(host)]
    for_index    = [for index, host in local.hosts : "${index}:${host}"]
    for_map      = { for key, value in var.zones : key => value * 10 }
    for_if       = [for user in local.users : user.name if user.admin]
    for_grouped  = { for user in local.users : user.team => user.name... }
    for_set      = [for tag in var.tags : tag]
    splat        = local.users[*].name
    legacy_splat = local.users.*.team
    splat_single = local.name[*]
    splat_null   = var.nothing[*]
    flatten      = flatten(local.matrix)
    merge        = merge({ a = 1, b = 2 }, { b = 3 }, { c = null })
    lookup       = [lookup(var.zones, "a", 9), lookup(var.zones, "z", 9)]
    concat       = concat(["a"], ["b", "c"], [])
    keys         = keys(var.zones)
    values       = values(var.zones)
    zipmap       = zipmap(["x", "y"], [1, 2])
    contains     = [contains(local.hosts, "db-1"), contains(local.hosts, "db-9")]
    distinct     = distinct(["b", "a", "b"])
    compact      = compact(["a", "", "b", null])
    element      = [element(local.hosts, 4), element(local.hosts, 0)]
    slice        = slice(local.hosts, 0, 2)
    sort         = sort(["c", "a", "B"])
    reverse      = reverse([1, 2, 3])
    range        = [range(3), range(1, 4), range(0, 10, 5), range(3, 0)]
    sum          = sum([1, 2.5])
    setunion     = setunion(["a"], ["b", "a"])
    setsubtract  = setsubtract(["a", "b"], ["b"])
    intersection = setintersection(["a", "b"], ["b", "c"])
    setproduct   = setproduct(["a", "b"], [1, 2])
    chunklist    = chunklist(["a", "b", "c"], 2)
    transpose    = transpose({ a = ["1", "2"], b = ["2"] })
    matchkeys    = matchkeys(["i", "j"], ["x", "y"], ["y"])
    coalesce     = coalesce(null, "", "x")
    coalescelist = coalescelist([], ["a"])
    one          = [one([]), one(["a"])]
    length       = [length("äb"), length([1, 2]), length({ a = 1 })]
    index        = index(["a", "b"], "b")
    alltrue      = [alltrue([true, true]), alltrue([]), anytrue([false, true]), anytrue([])]
    tolist       = tolist(["a", 1])
    toset        = toset(["b", "a", "b"])
    tomap        = tomap({ a = "x", b = 2 })
    object_list  = [for zone, index in var.zones : { zone = zone, cidr = cidrsubnet(local.cidr, 8, index) }]
  }
}

resource "terraform_data" "functions" {
  input = {
    format      = format("%s-%03d-%5.2f-%q-%v-%t-%x-%%", "a", 7, 3.14159, "q", [1, "b"], true, 255)
    formatlist  = formatlist("%s:%d", ["a", "b"], [1, 2])
    join        = join(",", ["a", "b"])
    split       = split(",", "a,b,,c")
    replace     = [replace("a.b.c", ".", "-"), replace("abc123", "/[0-9]+/", "<$0>")]
    regex       = [regex("[a-z]+", "123abc456"), regex("^(\\w+)-(\\d+)$", "db-12")]
    regex_named = regex("(?P<scheme>[a-z]+)://(?P<host>[^/]+)", "https://approval.example.com/q")
    regexall    = regexall("[0-9]+", "1a22b333")
    case        = [lower("ÄB"), upper("äb"), title("hello world")]
    trim        = [trim("?!x?!", "!?"), trimprefix("vvb-a", "vvb-"), trimsuffix("a.tf", ".tf"), trimspace("  a\n")]
    substr      = [substr("approval", 0, 3), substr("approval", -3, -1), substr("ab", 1, 10)]
    checks      = [startswith("abc", "ab"), endswith("abc", "bc"), strcontains("abc", "d")]
    indent      = indent(2, "a\nb")
    chomp       = chomp("a\n\n")
    strrev      = strrev("äbc")
    numbers     = [abs(-1.5), ceil(1.2), floor(-1.2), max(1, 5, 3), min(4, 2), pow(2, 10), signum(-3), parseint("ff", 16), log(8, 2)]
    json        = jsonencode({ b = [1, true, null], a = "<x> & y", n = 1.50 })
    from_json   = jsondecode("{\"a\": [1, 2.5, \"x\"], \"b\": null}")
    yaml        = yamldecode("a: 1\nb:\n  - x\n  - true\n")
    csv         = csvdecode("name,port\napproval,9003\naudit,9004\n")
    base64      = [base64encode("approval"), base64decode("dnZi")]
    url         = urlencode("a b&c/ä")
    hashes      = [md5("a"), sha1("a"), sha256("a"), base64sha256("a")]
    cidr        = [cidrsubnet("10.20.0.0/16", 8, 3), cidrhost("10.20.0.0/16", 5), cidrnetmask("10.20.0.0/12"), cidrhost("10.20.0.0/16", -2)]
    cidrs       = cidrsubnets("10.20.0.0/16", 4, 4, 8)
    try         = [try(local.users[9].name, "nobody"), try(var.service.missing, var.service.name)]
    can         = [can(local.users[0].name), can(tonumber("x"))]
    conversions = [tostring(1), tonumber("2.50"), tobool("false"), tostring(true)]
    dates       = [formatdate("YYYY-MM-DD hh:mm", "2026-01-02T03:04:05Z"), timeadd("2026-01-02T03:04:05Z", "36h")]
    template    = templatefile("${path.module}/hosts.tftpl", { hosts = local.hosts, port = var.port })
    file        = trimspace(file("${path.module}/motd.txt"))
    paths       = [basename("/a/b.tf"), dirname("/a/b.tf")]
  }
}

resource "terraform_data" "counted" {
  count = length(local.hosts)
  input = { name = local.hosts[count.index], last = count.index == length(local.hosts) - 1 }
}

resource "terraform_data" "none" {
  count = var.flag ? 0 : 1
  input = "never"
}

resource "terraform_data" "each" {
  for_each = { for user in local.users : user.name => user if user.team == "approval" }
  input    = { key = each.key, admin = each.value.admin }
}

resource "terraform_data" "each_of_set" {
  for_each = toset(["x", "y"])
  input    = "${each.key}=${each.value}"
}

resource "terraform_data" "referring" {
  input = {
    known   = terraform_data.counted[0].input.name
    all     = terraform_data.counted[*].input.name
    each    = terraform_data.each["anna"].input.admin
    module  = module.greeting["b"].text
    modules = { for key, greeting in module.greeting : key => greeting.text }
  }
}

module "greeting" {
  source   = "./modules/greeting"
  for_each = var.zones

  name  = "${local.name}-${each.key}"
  times = each.value + 1
}
