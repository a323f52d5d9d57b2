variable "name" {
  type = string
}

variable "multi_az" {
  type = bool
}

variable "password" {
  type      = string
  sensitive = true
}

variable "kms_key_id" {
  type = string
}

variable "security_group_id" {
  type = string
}

resource "aws_db_parameter_group" "main" {
  name   = var.name
  family = "postgres16"

  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }
}

resource "aws_db_instance" "main" {
  identifier              = var.name
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.m6g.large"
  allocated_storage       = 100
  username                = "approval"
  password                = var.password
  multi_az                = var.multi_az
  backup_retention_period = 7
  storage_encrypted       = true
  kms_key_id              = var.kms_key_id
  parameter_group_name    = aws_db_parameter_group.main.name
  vpc_security_group_ids  = [var.security_group_id]
  skip_final_snapshot     = true
}

output "endpoint" {
  value = aws_db_instance.main.endpoint
}
