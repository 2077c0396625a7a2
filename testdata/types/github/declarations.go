// Package github caches what the GitHub API answers, by google/go-github.
package github

import (
	"context"

	"github.com/google/go-github/v74/github"
)

//cachegen:cache key="github:repository:{id}" ttl=1h name=RepositoryCache
type loadRepository func(ctx context.Context, id string) (*github.Repository, error)

//cachegen:cache key="github:repositories:{id}" ttl=1h name=RepositoriesCache
type loadRepositories func(ctx context.Context, id string) ([]*github.Repository, error)

//cachegen:cache key="github:pullrequest:{id}" ttl=1h name=PullRequestCache
type loadPullRequest func(ctx context.Context, id string) (*github.PullRequest, error)

//cachegen:cache key="github:issue:{id}" ttl=1h name=IssueCache
type loadIssue func(ctx context.Context, id string) (*github.Issue, error)

//cachegen:cache key="github:user:{id}" ttl=1h name=UserCache
type loadUser func(ctx context.Context, id string) (*github.User, error)

//cachegen:cache key="github:commit:{id}" ttl=1h name=CommitCache
type loadCommit func(ctx context.Context, id string) (*github.RepositoryCommit, error)

//cachegen:cache key="github:event:{id}" ttl=1h name=EventCache
type loadEvent func(ctx context.Context, id string) (*github.Event, error)

//cachegen:cache key="github:release:{id}" ttl=1h name=ReleaseCache
type loadRelease func(ctx context.Context, id string) (*github.RepositoryRelease, error)

//cachegen:cache key="github:workflowrun:{id}" ttl=1h name=WorkflowRunCache
type loadWorkflowRun func(ctx context.Context, id string) (*github.WorkflowRun, error)

//cachegen:cache key="github:pushevent:{id}" ttl=1h name=PushEventCache
type loadPushEvent func(ctx context.Context, id string) (*github.PushEvent, error)

//cachegen:cache key="github:repositorycontent:{id}" ttl=1h name=RepositoryContentCache
type loadRepositoryContent func(ctx context.Context, id string) (*github.RepositoryContent, error)

//cachegen:cache key="github:tree:{id}" ttl=1h name=TreeCache
type loadTree func(ctx context.Context, id string) (*github.Tree, error)

//cachegen:cache key="github:ratelimits:{id}" ttl=1h name=RateLimitsCache
type loadRateLimits func(ctx context.Context, id string) (*github.RateLimits, error)

//cachegen:cache key="github:codesearchresult:{id}" ttl=1h name=CodeSearchResultCache
type loadCodeSearchResult func(ctx context.Context, id string) (*github.CodeSearchResult, error)

//cachegen:cache key="github:checkrun:{id}" ttl=1h name=CheckRunCache
type loadCheckRun func(ctx context.Context, id string) (*github.CheckRun, error)

//cachegen:cache key="github:ruleset:{id}" ttl=1h name=RulesetCache
type loadRuleset func(ctx context.Context, id string) (*github.RepositoryRuleset, error)
