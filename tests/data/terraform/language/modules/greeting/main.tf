variable "name" {
  type = string
}

variable "times" {
  type    = number
  default = 1
}

variable "mark" {
  type    = string
  default = "!"
}

locals {
  text = join(" ", [for _ in range(var.times) : "hello"])
}

resource "terraform_data" "greeting" {
  input = { text = "${local.text}, ${var.name}${var.mark}", path = basename(path.module) }
}

output "text" {
  value = terraform_data.greeting.input.text
}
