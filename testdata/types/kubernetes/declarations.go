// Package kubernetes caches objects of the Kubernetes API.
package kubernetes

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

//cachegen:cache key="kubernetes:pod:{id}" ttl=1h name=PodCache
type loadPod func(ctx context.Context, id string) (*corev1.Pod, error)

//cachegen:cache key="kubernetes:podlist:{id}" ttl=1h name=PodListCache
type loadPodList func(ctx context.Context, id string) (*corev1.PodList, error)

//cachegen:cache key="kubernetes:service:{id}" ttl=1h name=ServiceCache
type loadService func(ctx context.Context, id string) (*corev1.Service, error)

//cachegen:cache key="kubernetes:node:{id}" ttl=1h name=NodeCache
type loadNode func(ctx context.Context, id string) (*corev1.Node, error)

//cachegen:cache key="kubernetes:secret:{id}" ttl=1h name=SecretCache
type loadSecret func(ctx context.Context, id string) (*corev1.Secret, error)

//cachegen:cache key="kubernetes:deployment:{id}" ttl=1h name=DeploymentCache
type loadDeployment func(ctx context.Context, id string) (*appsv1.Deployment, error)

//cachegen:cache key="kubernetes:cronjob:{id}" ttl=1h name=CronJobCache
type loadCronJob func(ctx context.Context, id string) (*batchv1.CronJob, error)

//cachegen:cache key="kubernetes:objectmeta:{id}" ttl=1h name=ObjectMetaCache
type loadObjectMeta func(ctx context.Context, id string) (metav1.ObjectMeta, error)

//cachegen:cache key="kubernetes:time:{id}" ttl=1h name=TimeCache
type loadTime func(ctx context.Context, id string) (metav1.Time, error)

//cachegen:cache key="kubernetes:microtime:{id}" ttl=1h name=MicroTimeCache
type loadMicroTime func(ctx context.Context, id string) (metav1.MicroTime, error)

//cachegen:cache key="kubernetes:duration:{id}" ttl=1h name=DurationCache
type loadDuration func(ctx context.Context, id string) (metav1.Duration, error)

//cachegen:cache key="kubernetes:quantity:{id}" ttl=1h name=QuantityCache
type loadQuantity func(ctx context.Context, id string) (resource.Quantity, error)

//cachegen:cache key="kubernetes:intorstring:{id}" ttl=1h name=IntOrStringCache
type loadIntOrString func(ctx context.Context, id string) (intstr.IntOrString, error)
