# `prod.plan.json` is what Terraform 1.11.4 planned for this with the provider 5.100.0 and `prod.tfvars`.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.60"
    }
  }
}

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "environment" {
  type = string
}

variable "multi_az" {
  type    = bool
  default = false
}

variable "database_password" {
  type      = string
  sensitive = true
}

variable "extra_ports" {
  type    = list(number)
  default = [9003, 9004]
}

variable "admin_cidrs" {
  type    = list(string)
  default = ["10.20.0.0/16"]
}

locals {
  name = "approval-${var.environment}"
}

resource "aws_kms_key" "database" {
  description = "Storage of the ${local.name} database"
}

resource "aws_security_group" "database" {
  name = "${local.name}-database"

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  dynamic "ingress" {
    for_each = var.extra_ports
    content {
      from_port       = ingress.value
      to_port         = ingress.value
      protocol        = "tcp"
      cidr_blocks     = []
      security_groups = ["sg-0c1d2e3f"]
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "admin" {
  for_each          = toset(var.admin_cidrs)
  security_group_id = aws_security_group.database.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = each.value
}

resource "aws_lb" "front" {
  name               = local.name
  load_balancer_type = "application"
  internal           = false
  subnets            = ["subnet-0a1", "subnet-0b2"]
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.front.arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = "arn:aws:acm:eu-central-1:111122223333:certificate/abc"
  ssl_policy        = "ELBSecurityPolicy-2016-08"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}

resource "aws_s3_bucket" "audit" {
  bucket = "${local.name}-audit"
}

resource "aws_s3_bucket_public_access_block" "audit" {
  bucket                  = aws_s3_bucket.audit.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_iam_policy" "approval" {
  name = local.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "s3:*"
      Resource = "*"
    }]
  })
}

resource "aws_cloudwatch_log_group" "approval" {
  count = 2
  name  = "/approval/${count.index}"
}

module "database" {
  source = "./modules/database"

  name              = local.name
  multi_az          = var.multi_az
  password          = var.database_password
  kms_key_id        = aws_kms_key.database.arn
  security_group_id = aws_security_group.database.id
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "tasks" {
  name               = "${local.name}-tasks"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_iam_role_policy" "tasks" {
  name = "audit"
  role = aws_iam_role.tasks.id

  policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": ["s3:PutObject"],
          "Resource": "arn:aws:s3:::${local.name}-audit/*"
        }
      ]
    }
  EOT
}

resource "aws_ecs_task_definition" "approval" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  execution_role_arn       = aws_iam_role.tasks.arn

  container_definitions = jsonencode([{
    name       = "approval"
    image      = "registry.example.com/vvb/approval:latest"
    privileged = true
    environment = [
      { name = "QUARKUS_PROFILE", value = var.environment },
    ]
  }])
}
