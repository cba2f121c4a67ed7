{{- define "croupier.fullname" -}}
{{- ternary .Release.Name (printf "%s-croupier" .Release.Name) (contains "croupier" .Release.Name) | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "croupier.secretName" -}}
{{- default (printf "%s-secrets" (include "croupier.fullname" .)) .Values.secrets.existingSecret -}}
{{- end -}}

{{- define "croupier.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end -}}

{{/* Takes (dict "root" $ "name" "gateway"): what a selector asks for, and so never changes. */}}
{{- define "croupier.selector" -}}
app.kubernetes.io/name: croupier
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "croupier.labels" -}}
{{ include "croupier.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* Takes (dict "root" $ "service" <an entry of services>): the entry over the defaults, as JSON. */}}
{{- define "croupier.service" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy .service) | toJson -}}
{{- end -}}

{{/* Services that consume events, as JSON: RabbitMQ has a queue for each. */}}
{{- define "croupier.consumers" -}}
["alerts", "audit", "cache", "deployer", "flags", "migrator", "registry"]
{{- end -}}

{{/* Takes (dict "root" $ "name" "registry"). */}}
{{- define "croupier.queue" -}}
{{ .root.Values.namespace }}.{{ .name }}
{{- end -}}

{{- define "croupier.secretVariable" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .name }}, optional: {{ .optional }} } }
{{- end -}}
